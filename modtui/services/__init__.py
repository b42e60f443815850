"""One module a verb: all that a screen or a command calls."""
