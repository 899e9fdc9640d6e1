"""When an object is ready: one module a kind, each a pure function of the object and what belongs to it."""
