"""Broadcasts: saying something to many people at once, stopping it, and knowing whom it reached."""
