"""How wide and how high: the two ways in which Segmind's models take the shape of an image, kept in agreement.

Page 004 (`imagen-4-fast`) lists `width` and `height`, while its own example sends `aspect_ratio`. So such a model
is sent both, and they agree; then either reading of the page gives the shape that was asked for.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.fields import BadValue, Whole

RATIOS = ("1:1", "4:3", "3:4", "9:16", "16:9")
_RATIO = re.compile(r"[1-9][0-9]{0,3}:[1-9][0-9]{0,3}")


def is_ratio(words: str) -> bool:
    """Whether these are two whole numbers with a colon between them, such as 16:9."""
    return _RATIO.fullmatch(words) is not None


def _sides(ratio: str) -> tuple[int, int]:
    across, down = ratio.split(":")
    return int(across), int(down)


def _agree(ratio: str, *, width_px: int, height_px: int) -> bool:
    """Whether a size has this ratio, as nearly as whole pixels can."""
    across, down = _sides(ratio)
    return abs(width_px * down - height_px * across) < max(across, down)


def _ratio_of(ratios: Iterable[str], *, width_px: int, height_px: int) -> str | None:
    return next((ratio for ratio in ratios if _agree(ratio, width_px=width_px, height_px=height_px)), None)


def _size(ratio: str, given: Mapping[str, int], *, width: Whole, height: Whole) -> tuple[int, int]:
    """The size for a chosen ratio: whatever was given stays, the rest follows from the ratio."""
    across, down = _sides(ratio)
    match given.get("width"), given.get("height"):
        case None, None:
            long_side = min(width.high, height.high)
            size = long_side * across // max(across, down), long_side * down // max(across, down)
        case int(width_px), None:
            size = width_px, round(width_px * down / across)
        case None, int(height_px):
            size = round(height_px * across / down), height_px
        case int(width_px), int(height_px):
            size = width_px, height_px
        case _:
            raise TypeError(given)
    if not _agree(ratio, width_px=size[0], height_px=size[1]):
        raise BadValue("aspect_ratio", "shape", ratio=ratio, width=size[0], height=size[1])
    for field, side_px in ((width, size[0]), (height, size[1])):
        if not field.low <= side_px <= field.high:
            raise BadValue(field.name, "shape_range", ratio=ratio, side=side_px, low=field.low, high=field.high)
    return size


def both_ways(
    given: Mapping[str, Any], *, width: Whole, height: Whole, ratios: Iterable[str] = RATIOS
) -> dict[str, Any]:
    """`width`, `height` and, where they have one of the `ratios`, the `aspect_ratio` that agrees with them.

    What is not given and has no default is left out. Raises BadValue where a width and height contradict the ratio
    chosen with them.
    """
    ratio = given.get("aspect_ratio")
    if ratio is not None:
        width_px, height_px = _size(ratio, given, width=width, height=height)
    else:
        width_px = given.get("width", width.default)
        height_px = given.get("height", height.default)
        if width_px is not None and height_px is not None:
            ratio = _ratio_of(ratios, width_px=width_px, height_px=height_px)
    shape = {"aspect_ratio": ratio, "width": width_px, "height": height_px}
    return {name: value for name, value in shape.items() if value is not None}
