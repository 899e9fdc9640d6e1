"""Garbage collection of the registry: tags that have served their time go, and what nothing refers to any more."""
