"""The kubernetes edition: Pulumi's kubernetes provider with server-side apply, for where the official one is not."""
