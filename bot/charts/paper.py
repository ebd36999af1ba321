"""An empty card to draw on, with matplotlib. Nothing but the child process may import this.

Lengths named `_px` are pixels of a picture of WIDTH_PX x HEIGHT_PX, measured from its upper left corner.
"""

import io
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from bot.charts.across import LABEL_GAP_PX
from bot.charts.look import CARD, GRID, HEIGHT_PX, PIXEL_RATIO, TEXT, TEXT_QUIET, WIDTH_PX

_DPI = 100
PT = 72 / _DPI  # matplotlib's points in one of our pixels
TICKS_PX = 18

# DejaVu comes with matplotlib; the others are asked, where they are installed, for letters that it lacks.
_FONTS = (
    "DejaVu Sans",
    "Noto Sans",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans CJK KR",
    "Noto Sans Thai",
    "Noto Sans Devanagari",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
)


@contextmanager
def settings() -> Iterator[None]:
    """What holds for everything on the paper, from making it to `png`."""
    installed = set(font_manager.get_font_names())
    families = [name for name in _FONTS if name in installed]
    # Without parse_math, a $ is a $.
    with rc_context({"font.family": families, "text.parse_math": False, "hatch.linewidth": 1.6 * PT}):
        yield


class Paper:
    """A card of WIDTH_PX x HEIGHT_PX."""

    def __init__(self) -> None:
        self.figure = Figure(figsize=(WIDTH_PX / _DPI, HEIGHT_PX / _DPI), dpi=_DPI * PIXEL_RATIO, facecolor=CARD)
        self._canvas = FigureCanvasAgg(self.figure)

    def width_px(self, text: str, size_px: float) -> float:
        """How wide a text will be."""
        font = FontProperties(size=size_px * PT)
        renderer = self._canvas.get_renderer()  # type: ignore[no-untyped-call]  # the stubs left it out
        width, _, _ = renderer.get_text_width_height_descent(text, font, ismath=False)
        return float(width) / PIXEL_RATIO

    def cut(self, text: str, size_px: float, *, width_max_px: float) -> str:
        """As much of a text as has room."""
        if self.width_px(text, size_px) <= width_max_px:
            return text
        kept = bisect_right(range(len(text)), width_max_px, key=lambda n: self.width_px(f"{text[:n]}…", size_px)) - 1
        return f"{text[: max(0, kept)].rstrip()}…"

    def write(self, text: str, size_px: float, *, left_px: float, top_px: float) -> None:
        x, y = self.place(left_px, top_px)
        self.figure.text(x, y, text, fontsize=size_px * PT, color=TEXT, va="top")

    def place(self, left_px: float, top_px: float) -> tuple[float, float]:
        """The place as matplotlib counts: from the lower left corner, in parts of the whole."""
        return left_px / WIDTH_PX, 1 - top_px / HEIGHT_PX

    def panel(self, *, left_px: float, right_px: float, top_px: float, bottom_px: float) -> Axes:
        """Axes with nothing but a base line, faint lines across, and room for the labels of ticks."""
        x, y = self.place(left_px, bottom_px)
        width, height = (right_px - left_px) / WIDTH_PX, (bottom_px - top_px) / HEIGHT_PX
        axes = self.figure.add_axes((x, y, width, height), facecolor="none")
        axes.spines[["left", "right", "top"]].set_visible(False)
        axes.spines["bottom"].set(color=TEXT_QUIET, linewidth=2 * PT)
        axes.grid(axis="y", color=GRID, linewidth=PT)
        axes.set_axisbelow(True)
        axes.tick_params(length=0, pad=LABEL_GAP_PX * PT, labelsize=TICKS_PX * PT, labelcolor=TEXT_QUIET)
        return axes

    def png(self) -> bytes:
        """The picture; the same bytes for the same strokes, as it names neither a version nor a time."""
        out = io.BytesIO()
        self.figure.savefig(out, format="png", metadata={"Software": None})
        return out.getvalue()
