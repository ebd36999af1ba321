"""What moderators see of a case or of an image: words, and buttons in rows. Pure; two equal cards look the same."""

from dataclasses import dataclass
from typing import Literal

# Discord's own: buttons of one row.
ROW_BUTTONS_MAX = 5

Style = Literal["secondary", "danger", "success"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseButton:
    """One button. `does` is the value of an Act of bot/moderation/cases.py or of a Press of cogs/moderation/case_ids.py.

    `link` is an address that the button opens in place of doing anything; then `does` is empty.
    """

    label: str
    does: str = ""
    style: Style = "secondary"
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCard:
    """The whole card: `title` and `small` are one line each, `lines` are paragraphs; every word is harmless already.

    `rows` holds at most ROW_BUTTONS_MAX buttons each.
    """

    title: str
    lines: tuple[str, ...]
    small: str
    rows: tuple[tuple[CaseButton, ...], ...]
    accent: str  # a name of cogs/widgets.py's palette: waiting, done, failed
