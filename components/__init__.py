"""The platform's parts: one ComponentResource a file, each over pure functions that build its manifests."""
