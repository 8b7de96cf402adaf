"""Checking in: codes and words, scans, help, the committee's hand, the board, and who is missing."""
