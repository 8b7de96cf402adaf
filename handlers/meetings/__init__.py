"""P2K2: groups, lessons, meetings planned and logged, and the month's recap."""
