"""Announcing an event and following it: the letter, for whom, when it leaves, corrections, and who was not reached."""
