"""What a chart shows, and how it travels to the process that draws it."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

DAYS_MAX = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartDay:
    """One bar: a day, or whatever the caller made of several. `images` were delivered, the others were not."""

    label: str
    images: int
    failed: int
    blocked: int
    spent_microcredits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The names in the legends, in the language of whoever asked."""

    images: str
    failed: str
    blocked: str
    credits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of one to DAYS_MAX bars, the oldest first; raises ValueError for another number of them.

    Every text is drawn as it stands, on one line, cut where there is no room. None of them may be a name that people
    chose: a single letter that no installed font has means that there is no chart. `locale` is one of Discord's, such
    as `en-US`; it decides the signs between the digits.
    """

    title: str
    days: tuple[ChartDay, ...]
    words: Words
    locale: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.days) <= DAYS_MAX:
            raise ValueError(f"a chart has 1 to {DAYS_MAX} bars, not {len(self.days)}")

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """The chart that `to_json` wrote down."""
        read: dict[str, Any] = json.loads(data)
        days = tuple(ChartDay(**day) for day in read.pop("days"))
        return cls(days=days, words=Words(**read.pop("words")), **read)
