"""What is checked: a file a tool or a kind of tools, and a table for those that need a few words only."""
