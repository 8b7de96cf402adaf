"""The shapes in which a day or a run of days is written: patterns over the letters of `calendar_words.cut`."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.dates.choice import Asked, Run
from bot.dates.matches import (
    Match,
    calendar_day,
    calendar_run,
    counted_day,
    listed_days,
    near_day,
    near_run,
    turned_weekday,
    week,
    weekday,
    weekday_run,
)


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern, and what reads the day or days from where it matched."""

    pattern: re.Pattern[str]
    read: Callable[[Match, Asked], Run]


def _shapes(
    *, calendar: str, bare: str, listed: str, name: str, weeks: str, near: str, after: str, start: str, end: str
) -> tuple[tuple[Shape, ...], tuple[Shape, ...]]:
    """Return the shapes of runs and those of single days, the more telling first."""
    one = "(?:a?(?P<weekday>[Hmh])[,/|]?)?"
    two = "(?:a?(?P<weekday>[Hmh])(?:[-sw]a?(?P<until>[Hmh]))?[,/|]?)?"
    side = "t{0,2}(?P<side>[%s])"
    runs = (
        (
            calendar_run,
            f"{two}g?:?(?P<first>{calendar})(?P<joint>[-sw])(?:a?(?P<before>[Hmh]),?)?g?(?P<last>{calendar})",
        ),
        (calendar_run, f"{two}g?:?(?P<first>N)(?P<joint>-(?!N-)|s)g?(?P<last>{calendar})"),
        (listed_days, f"{two}g?:?(?P<list>{listed})g?(?P<last>{calendar})"),
        (calendar_run, f"{two}{bare}(?P<first>N)(?P<joint>(?P<dash>-)|[sw])g?(?P<last>N)(?![-/.]?[NM])"),
        (
            near_run,
            f"(?P<near>ai|[kbu])[-s](?:(?P<then>ai|[kbu])|(?:a?(?P<until>[Hmh]),?)?g?(?P<last>{calendar})|a?(?P<name>H))",
        ),
        (weekday_run, f"a?(?P<weekday>{name})[-s]a?(?P<until>[Hmh])(?!{calendar})"),
    )
    singles = (
        (calendar_day, f"(?:(?P<near>ai|k[ou]|bu|[kbu]),?)?{one}g?:?(?P<calendar>{calendar}){after}"),
        (calendar_day, rf"{one}{bare}(?P<calendar>N[-/.]N(?:[-/.][YN])?)(?!/)"),
        (calendar_day, f"{one}{bare}(?P<calendar>N)(?:Bt?(?P<month>[idlk]))?(?![-/.sw][NM])"),
        (turned_weekday, f"(?:a?(?P<name>[Hh])|a(?P<sunday>m)){side % 'dlkib'}"),
        (week, f"[em]{side % weeks}(?:a?(?P<name>[Hm]))?"),
        (weekday, f"a?(?P<name>{name})(?:[em]{side % 'dlki'})?"),
        (counted_day, f"(?P<number>[Nn](?=[aem])|S)(?P<unit>[aem]?){side % 'dlkq'}"),
        (near_day, near),
    )
    label = f"{start}p?(?:a[/|,]?g|a|g)?:?"

    def compiled(shapes: Iterable[tuple[Callable[[Match, Asked], Run], str]]) -> tuple[Shape, ...]:
        return tuple(Shape(re.compile(f"{label}(?:{pattern}){end}"), read) for read, pattern in shapes)

    return compiled(runs), compiled(singles)


_ISO = "Y-N-N|Y/N/N"

# The question says that it is a day, so an answer may be terse.
ANSWERED_RUNS, ANSWERED_DAYS = _shapes(
    calendar=rf"(?:{_ISO}|Y[.|]N[.|]N|N[-/|]?B?M(?:[-/|,]?T?[YN])?|N[/|]N(?:[/|][YN])?|N\.N(?:\.[YN])?|N-N(?:-[YN])?"
    r"|NBN(?:T?Y)?|NNY)",
    bare="g?:?",
    listed="(?:N(?:,w?|w)){1,30}",
    name="[Hh]|m",
    weeks="dlki",
    near="(?:a?(?P<weekday>[Hmh]),?|a)?(?P<near>ai|k[ou]|bu|[kbu]|j(?!v)|r|[Pv]i)(?:,?a?(?P<after>[Hmh]))?",
    after="(?:,?a?(?P<after>[Hmh]))?",
    start="",
    end="[Pv]?[-,:]?",
)

# In a sentence only what can be nothing else counts: no 2.2, no 12-14 without its month, no "sel" for Selasa alone,
# no year of two digits after a month's name (it may be a member's number), no house number, no RT 02/03.
FOUND_RUNS, FOUND_DAYS = _shapes(
    calendar=rf"(?:(?:{_ISO}|N[-/]?B?M(?:[-/,]?T?Y)?|N/N/[YN]|N/N(?!O)|N\.N\.Y|N-N-Y|NBNT?Y)(?!/))",
    bare="g:?",
    listed="(?:N,){0,30}N,?w",
    name=r"H|(?:(?<=a)|(?<![Nn])|(?<=\.N))m(?!K|t{0,2}i)",
    weeks="dlk",
    near="(?P<near>ai|k[ou]|bu|[kbu]|j(?!v))(?:a?(?P<after>H)(?!t{0,2}[dlkib]))?",
    after=r"(?:\((?P<after>[Hmh])\))?",
    start="(?<![G/.])(?<!G:)(?<!Ga)",
    end="",
)
