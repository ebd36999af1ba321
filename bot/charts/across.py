"""How the bars of a chart share its width, and which of them get a label."""

import math
from dataclasses import dataclass
from typing import Self

from bot.charts.look import WIDTH_PX

EDGE_PX = 24
# Between an axis and its labels.
LABEL_GAP_PX = 8
_LABELS_APART_PX = 18
# Fewer bars than these leave room at the sides.
_SLOTS_MIN = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """Each bar has a slot; where bars are few, slots at both sides stay empty."""

    bars: int
    slots: int
    left_px: float
    right_px: float

    @classmethod
    def of(cls, bars: int, *, numbers_px: float, label_px: float) -> Self:
        """For so many bars, beside numbers and above labels of these widths."""
        slots = max(bars, _SLOTS_MIN)
        left_px, right_px = EDGE_PX + numbers_px + LABEL_GAP_PX, float(WIDTH_PX - EDGE_PX)
        if bars == slots:  # the last label stands below the last bar, and may be wider
            right_px -= max(0.0, label_px - (right_px - left_px) / slots) / 2
        return cls(bars=bars, slots=slots, left_px=left_px, right_px=right_px)

    @property
    def slot_px(self) -> float:
        return (self.right_px - self.left_px) / self.slots

    @property
    def limits(self) -> tuple[float, float]:
        """From where to where on the axis, on which a bar stands at its number."""
        middle = (self.bars - 1) / 2
        return middle - self.slots / 2, middle + self.slots / 2

    def middle_px(self, bar: int) -> float:
        """Where the middle of a bar is, from the left edge of the picture."""
        return self.left_px + (bar - self.limits[0]) * self.slot_px

    def labelled(self, label_px: float) -> list[int]:
        """Which bars get a label of this width: the last one, and every so many before it, so that no two touch."""
        step = max(1, math.ceil((label_px + _LABELS_APART_PX) / self.slot_px))
        chosen = range(self.bars - 1, -1, -step)
        return [bar for bar in chosen if self.middle_px(bar) - label_px / 2 >= LABEL_GAP_PX]
