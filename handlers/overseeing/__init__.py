"""P2K2 seen from above: who has reported what, nudging, and sending a report back or verifying it."""
