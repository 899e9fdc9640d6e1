"""`/dev/kvm` as a resource of a node: the kubelet's device-plugin API, and node labels from a real probe."""
