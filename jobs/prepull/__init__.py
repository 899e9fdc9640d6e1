"""The verification that every node has the workspace image: a node without it is a failure of the system."""
