"""What was done with people's data: each deed in words, the lines in pages, whom an incident touched."""
