"""The onepassword edition: vaults and items looked up on a 1Password Connect server."""
