"""The engine: turns, dialogs, courier, reminders, channels and the pages around them."""
