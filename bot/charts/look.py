"""Measures and colours of a chart. It has a card of its own, dark in both of Discord's themes.

No picture can follow the reader's theme, and on a see-through one no colour would have a contrast above 3.7 against
both white and Discord's dark. On the card, each colour has at least 3 (WCAG 1.4.11), and each text at least 7 (1.4.6).
"""

from dataclasses import dataclass

# Discord shows it about 550 px wide: texts are chosen for half the size, and pixels for sharp screens.
WIDTH_PX, HEIGHT_PX = 1000, 420
PIXEL_RATIO = 2

CARD = "#1e1f22"
TEXT = "#f2f3f5"
TEXT_QUIET = "#c4c9d1"
GRID = "#3f4248"
CREDITS = "#35c998"


@dataclass(frozen=True, slots=True)
class Fill:
    """How one outcome is painted; `hatch` is matplotlib's, so that nothing is told by colour alone."""

    colour: str
    hatch: str


# After Okabe and Ito, whose colours stay apart for people with any kind of colour blindness; the red is lighter.
DELIVERED = Fill("#56b4e9", "")
BLOCKED = Fill("#f0e442", "///")
FAILED = Fill("#e8702a", "xx")
