"""What every part of spt-flow stands on: errors, processes, Kubernetes values. Imports nothing of the project."""
