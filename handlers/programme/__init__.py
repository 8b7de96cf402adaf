"""During and after an event: its files, what people thought of it, and what they ask the office."""
