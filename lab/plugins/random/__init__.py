"""The random edition: values drawn once, kept in state, drawn again when an input changes."""
