"""An event as people and the office see it: its card, the list of one's own, and the desk with its sections."""
