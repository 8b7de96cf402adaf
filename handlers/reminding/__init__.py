"""Reminders as people get them, one card a file, and the rules by which the office has them sent."""
