"""What is kept: one SQLite file, one module per noun, plain SQL beside the function that runs it."""
