"""Workbooks and pictures that people take away."""
