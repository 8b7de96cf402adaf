"""A whole report in one line, in any order: what is understood saves a question, the rest is told and asked."""

from handlers.meetings.one_line.reading import MOST_LETTERS, Line, read_line

__all__ = ["MOST_LETTERS", "Line", "read_line"]
