"""The answers of the API, as far as we use them."""
