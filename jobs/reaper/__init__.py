"""The reaper: CI workspaces past their deadline go, and so do the volumes that deleted workspaces left behind."""
