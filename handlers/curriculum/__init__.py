"""The curriculum as the office keeps it: modules, lessons, the stunting variant, and key material."""
