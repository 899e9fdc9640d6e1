"""The embedded lab: a real one-node Kubernetes on this machine, and the platform deployed into it."""
