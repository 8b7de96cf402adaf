"""How far a typed word is from the one that is meant: slips of the finger, and vowels left out."""


def slips(typed: str, meant: str) -> int:
    """Count letters too many, too few, wrong, or swapped with the next."""
    before: list[int] = []
    last = list(range(len(meant) + 1))
    for row, letter in enumerate(typed, 1):
        now = [row]
        for column, other in enumerate(meant, 1):
            best = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == meant[column - 2] and typed[row - 2] == other:
                best = min(best, before[column - 2] + 1)
            now.append(best)
        before, last = last, now
    return last[-1]


def is_near(typed: str, meant: str) -> bool:
    """Tell whether the word can be a slip for the other: one in four or five letters, two from six on.

    Vowels are left out on purpose ("mlti" for Melati), so that may be more. Digits must be the same.
    """
    if _digits(typed) != _digits(meant):
        return False
    if len(typed) >= 3 and typed[0] == meant[0] and _bones(typed) == _bones(meant) and len(typed) < len(meant):
        return True
    allowed = 0 if min(len(typed), len(meant)) < 4 else 1 if len(meant) < 6 else 2
    return abs(len(typed) - len(meant)) <= allowed and slips(typed, meant) <= allowed


def _bones(word: str) -> str:
    return "".join(letter for letter in word if letter not in "aeiou ")


def _digits(word: str) -> str:
    return "".join(letter for letter in word if letter.isdecimal())
