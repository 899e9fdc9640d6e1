"""How the command line meets its user: the list of commands, help, output, failures; light to import, by design."""
