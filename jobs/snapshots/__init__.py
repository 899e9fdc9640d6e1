"""Snapshots of the workspaces' home volumes: taken every day, kept for a week, restored, and tried out by a drill."""
