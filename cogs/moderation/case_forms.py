"""The forms that members fill in about an image or a block: one reason, in their own words."""

from collections.abc import Mapping
from typing import Any

import discord
from discord import ui

from bot.text import Texts
from cogs.moderation.case_ids import CaseAddress, Press

REASON = "reason"
# Enough to say what is wrong, and short enough to stand in a card of the log.
REASON_CHARACTERS_MAX = 500


def report_form(texts: Texts, locale: str, *, request_id: int) -> ui.Modal:
    """What is wrong with an image."""
    address = CaseAddress(Press.SEND_REPORT, request_id, of_request=True)
    title, label = texts(locale, "report.form"), texts(locale, "report.form.reason")
    return _form(address, title=title, label=label, help_text=texts(locale, "report.form.help"))


def appeal_form(texts: Texts, locale: str, *, case_id: int, private: bool) -> ui.Modal:
    """Why a block was wrong. Of a `private` request moderators never see the prompt."""
    address = CaseAddress(Press.SEND_APPEAL, case_id)
    title, label = texts(locale, "appeal.form"), texts(locale, "appeal.form.reason")
    help_text = texts(locale, "appeal.form.help.private" if private else "appeal.form.help")
    return _form(address, title=title, label=label, help_text=help_text)


def read_reason(interaction: discord.Interaction[Any]) -> str:
    """What was filled in, without blanks around it; empty where there is nothing."""
    data: Mapping[str, Any] = interaction.data or {}
    fields = [each.get("component") or {} for each in data.get("components") or ()]
    typed = next((str(each.get("value") or "") for each in fields if each.get("custom_id") == REASON), "")
    return typed.strip()[:REASON_CHARACTERS_MAX]


def _form(address: CaseAddress, *, title: str, label: str, help_text: str) -> ui.Modal:
    typing: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id=REASON, style=discord.TextStyle.paragraph, max_length=REASON_CHARACTERS_MAX
    )
    modal = ui.Modal(title=title, timeout=None, custom_id=address.custom_id())
    modal.add_item(ui.Label(text=label, description=help_text, component=typing))
    # What is sent comes to the door of cases as everything does; discord.py keeps nothing of a form that was stopped.
    modal.stop()
    return modal
