"""The Langkat office, its roster and its Bimtek, for the demo."""
