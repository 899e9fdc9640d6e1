"""What this host can do with /dev/kvm, level by level. Standard library only: it runs in any image with a Python."""
