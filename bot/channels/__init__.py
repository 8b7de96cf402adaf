"""One module per channel, and the pure functions that fit a message to what a channel can show."""
