"""Dumps of the PostgreSQL database, and their restore, with the official client programs."""
