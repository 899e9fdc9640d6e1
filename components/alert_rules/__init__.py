"""Rules for Prometheus: what is recorded, what is warned of, and when people work."""
