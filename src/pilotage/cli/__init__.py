"""The terminal: a command parses, calls one verb, prints the answer."""
