"""What more than one rule asks of the same thing: images, releases, gateways, paths on a node, access to KVM."""
