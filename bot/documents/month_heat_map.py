"""The year of P2K2 as a picture for a phone: a row for each kecamatan or facilitator, a column for each month.

Importing this costs a second and forty megabytes, so it is imported where a picture is drawn.
"""

import io
import textwrap
import threading
from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

_INK, _PALE = "#1F3A2D", "#EEF2EF"
_STEPS = ("#B3261E", "#E07B39", "#F2C14E", "#8DBF67", "#1F5C3F")
"""From nothing to all, a fifth each; all alone is the darkest, so that what is missing can be seen."""
_WIDE, _DPI = 7.2, 150  # 1,080 pixels: as wide as a phone's screen
_ONE_AT_A_TIME = threading.Lock()  # matplotlib draws text with one shared font engine

Cell = tuple[int, int]
"""Done of how many."""


def draw_heat_map(title: str, months: Sequence[str], rows: Sequence[tuple[str, Mapping[str, Cell]]]) -> bytes:
    """Draw the share of each row in each month as a PNG; a month that a row lacks stays blank.

    The same content gives the same bytes.
    """
    with _ONE_AT_A_TIME:
        high = 1.5 + 0.36 * max(3, len(rows))
        figure = Figure(figsize=(_WIDE, high), dpi=_DPI, facecolor="white")
        FigureCanvasAgg(figure)
        head = 1.15 / high
        axes = figure.add_axes((0.33, 0.03, 0.65, 1 - head - 0.03))
        figure.text(
            0.02, 1 - 0.22 / high, textwrap.fill(_plain(title), 58), size=16, weight="bold", color=_INK, va="top"
        )
        for row, (name, cells) in enumerate(rows):
            axes.text(
                -0.12,
                row + 0.5,
                _plain(textwrap.shorten(name, 24, placeholder="…")),
                ha="right",
                va="center",
                size=12.5,
                color=_INK,
            )
            for column, month in enumerate(months):
                cell = cells.get(month)
                share = cell[0] / cell[1] if cell and cell[1] else None
                axes.add_patch(
                    Rectangle(
                        (column + 0.03, row + 0.05), 0.94, 0.9, facecolor=_PALE if share is None else _shade(share)
                    )
                )
                if share is not None:
                    ink = "white" if share in (1,) or share < 0.4 else _INK
                    axes.text(
                        column + 0.5, row + 0.5, f"{int(share * 100)}", ha="center", va="center", size=11, color=ink
                    )
        axes.set_xlim(0, len(months))
        axes.set_ylim(len(rows), 0)
        axes.xaxis.tick_top()
        axes.set_xticks([place + 0.5 for place in range(len(months))], months, size=12, color=_INK)
        axes.set_yticks([])
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        out = io.BytesIO()
        with mpl.rc_context({"font.family": "DejaVu Sans"}):
            figure.savefig(out, format="png", metadata={"Software": None})
        return out.getvalue()


def _shade(share: float) -> str:
    return _STEPS[-1] if share >= 1 else _STEPS[min(3, int(share * 4))]


def _plain(text: str) -> str:
    """Keep what somebody typed from being read as a formula."""
    return text.replace("\\", "\\\\").replace("$", r"\$")
