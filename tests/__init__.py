"""Everything that is checked before it is believed."""
