"""P2K2 ahead: the month at a glance, planning, moving, cancelling, and inviting the group."""
