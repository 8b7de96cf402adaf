"""Attendance as pictures for the chat: arrivals over the morning, and who is there of each kecamatan.

Importing this costs a second and forty megabytes, so it is imported where a picture is drawn.
"""

import io
import textwrap
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, DateFormatter
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

_GREEN, _AMBER, _PALE, _INK = "#1F5C3F", "#C77700", "#DCE7E0", "#1F3A2D"
_WIDE, _DPI = 7.2, 150  # 1,080 pixels: as wide as a phone's screen
_ONE_AT_A_TIME = threading.Lock()  # matplotlib draws text with one shared font engine


@dataclass(frozen=True, slots=True)
class Arrivals:
    """One slot's arrivals; all moments are local and without zone, in order, `late_from` None where nobody is late."""

    title: str
    times: Sequence[datetime]
    opens: datetime
    late_from: datetime | None
    until: datetime
    expected: int


def draw_arrivals(one: Arrivals) -> bytes:
    """Draw how the hall filled, as a PNG; the same arrivals give the same bytes."""
    with _ONE_AT_A_TIME:
        figure, axes = _new(one.title, f"{len(one.times)} dari {one.expected} orang", 5.4)
        last = max([one.until, *one.times])
        moments = [one.opens, *one.times, last]
        counts = [0, *range(1, len(one.times) + 1), len(one.times)]
        axes.fill_between(moments, counts, step="post", color=_GREEN, alpha=0.18, linewidth=0)  # type: ignore[arg-type]
        axes.step(moments, counts, where="post", color=_GREEN, linewidth=3)  # type: ignore[arg-type]
        axes.axhline(one.expected, color=_INK, linewidth=1.5, linestyle=":")
        axes.text(
            1, one.expected, "diharapkan ", transform=axes.get_yaxis_transform(), ha="right", va="bottom", size=12
        )
        if one.late_from is not None and one.late_from < last:  # later than what is drawn, it would stand beside it
            beside = "left" if one.late_from - one.opens < (last - one.opens) * 0.8 else "right"
            axes.axvline(one.late_from, color=_AMBER, linewidth=2.5, linestyle="--")  # type: ignore[arg-type]
            axes.text(
                one.late_from,  # type: ignore[arg-type]
                0.04,
                f" terlambat \n dari {one.late_from:%H.%M} ",
                ha=beside,
                transform=axes.get_xaxis_transform(),
                color=_AMBER,
                size=13,
            )
        axes.set_ylim(0, max(1, one.expected, len(one.times)) * 1.12)
        axes.set_xlim(one.opens, last)  # type: ignore[arg-type]
        axes.xaxis.set_major_locator(AutoDateLocator(maxticks=7))  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_formatter(DateFormatter("%H.%M"))  # type: ignore[no-untyped-call]
        axes.yaxis.get_major_locator().set_params(integer=True)  # type: ignore[call-arg]
        axes.grid(axis="y", color=_PALE)
        return _to_png(figure)


def draw_districts(title: str, rows: Sequence[tuple[str, int, int]]) -> bytes:
    """Draw (kecamatan, present, expected) as bars, in the order given, as a PNG; the same rows give the same bytes."""
    with _ONE_AT_A_TIME:
        present, expected = sum(row[1] for row in rows), sum(row[2] for row in rows)
        figure, axes = _new(title, f"{present} dari {expected} orang", 1.6 + 0.42 * max(3, len(rows)))
        places = range(len(rows))
        axes.barh(places, [max(row[1:]) for row in rows], color=_PALE, height=0.74)
        axes.barh(places, [row[1] for row in rows], color=_GREEN, height=0.74)
        widest = max([1, *(max(row[1:]) for row in rows)])
        for place, (_, there, wanted) in enumerate(rows):
            axes.text(max(there, wanted) + widest * 0.02, place, f"{there} dari {wanted}", va="center", size=13)
        axes.set_yticks(list(places), [row[0] for row in rows], size=13)
        axes.set_xlim(0, widest * 1.25)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.xaxis.set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.spines["bottom"].set_visible(False)
        return _to_png(figure)


def _new(title: str, under: str, high: float) -> tuple[Figure, Axes]:
    figure = Figure(
        figsize=(_WIDE, high), dpi=_DPI, layout=ConstrainedLayoutEngine(w_pad=0.2, h_pad=0.12), facecolor="white"
    )
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    wrapped = "\n".join(textwrap.fill(line, 46) for line in _plain(title).splitlines())
    figure.suptitle(wrapped, size=16, weight="bold", color=_INK, x=0.02, ha="left")
    axes.set_title(under, size=14, color=_INK, loc="left", pad=10)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(labelsize=13, colors=_INK)
    return figure, axes


def _plain(text: str) -> str:
    """Keep what somebody typed from being read as a formula."""
    return text.replace("\\", "\\\\").replace("$", r"\$")


def _to_png(figure: Figure) -> bytes:
    out = io.BytesIO()
    with mpl.rc_context({"font.family": "DejaVu Sans"}):
        figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()
