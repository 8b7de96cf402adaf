"""Stand-ins for the servers of the channels, each with a ledger of what it accepted."""
