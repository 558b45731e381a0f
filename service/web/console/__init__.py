"""Pages for moderators, drawn on the server."""
