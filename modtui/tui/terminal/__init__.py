"""The terminal itself: what may be written to it, what may be believed of what it sends, and how a session ends."""
