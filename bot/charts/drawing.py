"""What goes where on a chart. Nothing but the child process may import this."""

import warnings
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from bot.charts.across import EDGE_PX, Across
from bot.charts.chart import Chart
from bot.charts.look import BLOCKED, CARD, CREDITS, DELIVERED, FAILED, TEXT, WIDTH_PX
from bot.charts.paper import PT, TICKS_PX, Paper, settings
from bot.money import MICROCREDITS_PER_CREDIT, credits_text

_TITLE_PX, _TITLE_TOP_PX = 26, 18
_WORDS_PX, _WORDS_MAX_PX = 20, 245
_IMAGES_WORDS_TOP_PX, _IMAGES_TOP_PX, _IMAGES_BOTTOM_PX = 56, 98, 246
_CREDITS_WORDS_TOP_PX, _CREDITS_TOP_PX, _CREDITS_BOTTOM_PX = 262, 302, 376
_IMAGES_TICKS, _CREDITS_TICKS = 4, 3
_LABEL_MAX_PX = 240

_BAR_SHARE = 0.76
_SEAM_MAX_PX, _SEAM_SHARE = 1, 0.08
# One failure beside a million images is still seen.
_SEGMENT_MIN_PX = 5
_MARKER_MAX_PX, _MARKER_SHARE = 10, 0.5


def draw(chart: Chart) -> bytes:
    """The chart as PNG, the same bytes for the same chart; raises UserWarning for letters that no font here has."""
    with settings(), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing")
        paper = Paper()
        title = paper.cut(chart.title, _TITLE_PX, width_max_px=WIDTH_PX - 2 * EDGE_PX)
        paper.write(title, _TITLE_PX, left_px=EDGE_PX, top_px=_TITLE_TOP_PX)
        _legends(paper, chart)
        _panels(paper, chart)
        return paper.png()


def _legends(paper: Paper, chart: Chart) -> None:
    words = chart.words
    fills = ((DELIVERED, words.images), (BLOCKED, words.blocked), (FAILED, words.failed))
    patches = [(Patch(facecolor=fill.colour, hatch=fill.hatch, edgecolor=CARD, linewidth=0), w) for fill, w in fills]
    line = Line2D([], [], color=CREDITS, linewidth=3 * PT, marker="o", markersize=_MARKER_MAX_PX * PT)
    _legend(paper, patches, top_px=_IMAGES_WORDS_TOP_PX)
    _legend(paper, [(line, words.credits)], top_px=_CREDITS_WORDS_TOP_PX)


def _legend(paper: Paper, entries: Sequence[tuple[Patch | Line2D, str]], *, top_px: float) -> None:
    paper.figure.legend(
        [handle for handle, _ in entries],
        [paper.cut(word, _WORDS_PX, width_max_px=_WORDS_MAX_PX) for _, word in entries],
        loc="upper left",
        bbox_to_anchor=paper.place(EDGE_PX, top_px),
        ncols=len(entries),
        fontsize=_WORDS_PX * PT,
        labelcolor=TEXT,
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=1.8,
        handleheight=0.9,
        handletextpad=0.5,
        columnspacing=1.6,
    )


def _panels(paper: Paper, chart: Chart) -> None:
    """Two panels over the same days: on one, amounts of one kind would be read against the axis of the other."""
    days = chart.days
    images = _ticks(max(day.images + day.blocked + day.failed for day in days), 1, count=_IMAGES_TICKS)
    spent = _ticks(max(day.spent_microcredits for day in days), MICROCREDITS_PER_CREDIT, count=_CREDITS_TICKS)
    # Numbers of images get the same signs between their digits as amounts do.
    image_numbers = [credits_text(tick * MICROCREDITS_PER_CREDIT, chart.locale) for tick in images]
    spent_numbers = [credits_text(tick, chart.locale) for tick in spent]
    labels = [paper.cut(day.label, TICKS_PX, width_max_px=_LABEL_MAX_PX) for day in days]
    label_px = max(paper.width_px(label, TICKS_PX) for label in labels)
    numbers_px = max(paper.width_px(number, TICKS_PX) for number in image_numbers + spent_numbers)

    across = Across.of(len(days), numbers_px=numbers_px, label_px=label_px)
    upper = paper.panel(
        left_px=across.left_px, right_px=across.right_px, top_px=_IMAGES_TOP_PX, bottom_px=_IMAGES_BOTTOM_PX
    )
    lower = paper.panel(
        left_px=across.left_px, right_px=across.right_px, top_px=_CREDITS_TOP_PX, bottom_px=_CREDITS_BOTTOM_PX
    )
    for axes, ticks, numbers in ((upper, images, image_numbers), (lower, spent, spent_numbers)):
        axes.set(xlim=across.limits, ylim=(0, ticks[-1]))
        axes.set_yticks(ticks, numbers)
    upper.set_xticks([])
    shown = across.labelled(label_px)
    lower.set_xticks(shown, [labels[at] for at in shown])
    images_per_px = images[-1] / (_IMAGES_BOTTOM_PX - _IMAGES_TOP_PX)
    _bars(upper, chart, images_per_px=images_per_px, slot_px=across.slot_px)
    _line(lower, chart, slot_px=across.slot_px)


def _ticks(top: int, unit: int, *, count: int) -> list[int]:
    """Round numbers from 0 to `top` or a little above; to one unit where all is zero."""
    ticks = MaxNLocator(nbins=count, steps=[1, 2, 2.5, 5, 10], integer=True).tick_values(0, top or unit)
    return [round(tick) for tick in ticks if tick >= 0]


def _bars(axes: Axes, chart: Chart, *, images_per_px: float, slot_px: float) -> None:
    """Bars of three parts; what is not zero is seen, however small."""
    feet = [0.0] * len(chart.days)
    for fill, counts in (
        (DELIVERED, [day.images for day in chart.days]),
        (BLOCKED, [day.blocked for day in chart.days]),
        (FAILED, [day.failed for day in chart.days]),
    ):
        bars = [at for at, count in enumerate(counts) if count]
        heights = [max(counts[at], _SEGMENT_MIN_PX * images_per_px) for at in bars]
        axes.bar(
            bars,
            heights,
            bottom=[feet[at] for at in bars],
            width=_BAR_SHARE,
            color=fill.colour,
            hatch=fill.hatch,
            edgecolor=CARD,
            linewidth=min(_SEAM_MAX_PX, _SEAM_SHARE * slot_px) * PT,
            clip_on=False,
        )
        for at, height in zip(bars, heights, strict=True):
            feet[at] += height


def _line(axes: Axes, chart: Chart, *, slot_px: float) -> None:
    axes.plot(
        range(len(chart.days)),
        [day.spent_microcredits for day in chart.days],
        color=CREDITS,
        linewidth=3 * PT,
        marker="o",
        markersize=min(_MARKER_MAX_PX, _MARKER_SHARE * slot_px) * PT,
        clip_on=False,
        zorder=3,  # above the base line
    )
