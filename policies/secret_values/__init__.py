"""Finding what looks like a secret among the values of a program, and keeping it out of every sentence."""
