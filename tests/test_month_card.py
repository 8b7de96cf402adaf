"""The month's card of P2K2: who is behind is named, and the card stays one screen of a phone."""

from datetime import date

from handlers.overseeing.month_card import Recap, list_parts
from handlers.overseeing.scope import Scope
from storage.month_standing import Standing

NOVEMBER = date(2023, 11, 1)


def recap(districts: int) -> Recap:
    """Return a month in which, of the ten groups of each kecamatan, one more report is in than in the one before."""
    groups = [
        Standing(100 * one + group, "Melati", "Desa", one, f"Kec {one:02}", one, "Siti", sent, 1)
        for one in range(districts)
        for group in range(10)
        for sent in ("sent" if group < one % 10 else "none",)
    ]
    return Recap(Scope(NOVEMBER, None, None), tuple(groups))


def test_the_ten_that_are_most_behind_are_named() -> None:
    """The others are counted, from the least done to the most."""
    told = [part.plain for part in list_parts(recap(23))]
    assert len(told) == 11
    assert told[:2] == ["Kec 00: 0% (0 dari 10)", "Kec 10: 0% (0 dari 10)"]
    assert told[-1] == "13 kecamatan lain: 30% s.d. 90%"


def test_none_is_left_out_of_a_few() -> None:
    """A line for one other would be no shorter than that one."""
    assert len(list_parts(recap(11))) == 11
    assert all("lain" not in part.plain for part in list_parts(recap(11)))
