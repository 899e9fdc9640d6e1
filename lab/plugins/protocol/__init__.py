"""What every edition shares: values, codec, diffs, errors, and the server that speaks Pulumi's provider protocol.

Modules, in the order an edition needs them: `provider` (the class to subclass), `requests` and `results` (what its
methods take and return), `values` (what properties are made of), `differ` (detailed diffs), `errors` (how to fail),
`host` (how to say something), `server` (`serve`, the entry point).
"""
