"""A facilitator's groups: their card, their members, what they were taught, their sheet, and handing them over."""
