"""A refusal as a message; where moderators of the server could overrule it, with a button that asks them to."""

from dataclasses import dataclass
from typing import Any

from discord import ui

from bot.text import Texts
from cogs.moderation.case_ids import CaseAddress, Press
from cogs.widgets import words_view


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why a request is not accepted, in the words of a locale; `case_id` is set where a member may appeal."""

    words: str
    locale: str
    case_id: int | None = None


def refusal_view(texts: Texts, refused: Refused) -> ui.LayoutView:
    """What people see of it. A public one shows the button to all; whose it is, is judged when it is pressed."""
    if refused.case_id is None:
        return words_view(refused.words, accent="failed")
    button: ui.Button[Any] = ui.Button(
        label=texts(refused.locale, "appeal.button"),
        custom_id=CaseAddress(Press.APPEAL, refused.case_id).custom_id(),
    )
    words = f"{refused.words}\n-# {texts(refused.locale, 'appeal.offer')}"
    return words_view(words, accent="failed", buttons=[button])
