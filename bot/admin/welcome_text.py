"""The words of the first card in a server. Pure."""

from dataclasses import dataclass
from typing import Any

from bot import settings as s
from bot.admin.panel_text import Phrases
from bot.limits import Rules
from bot.setting_fields import BudgetKind
from bot.store.settings import Change

_MS_PER_S = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Permissions by the names that Discord shows, with commas; empty where none is missing."""

    needed: str
    helpful: str


def paragraphs(phrases: Phrases, rules: Rules, lacking: Lacking, *, switched: Change | None) -> list[str]:
    """What the bot does, what it may and what it costs; the last one says whether it is on, and `switched` by whom."""
    models = ", ".join(f"{model.label} (/{model.command})" for model in phrases.models)
    return [
        _lines(
            phrases("welcome.title"),
            phrases("welcome.start"),
            phrases("welcome.models", models=models),
            phrases("welcome.administrators"),
            _budget(phrases, rules),
        ),
        phrases("welcome.third_party"),
        _permissions(phrases, lacking),
        _switch(phrases, on=rules.guild[s.ENABLED], switched=switched),
    ]


def _budget(phrases: Phrases, rules: Rules) -> str:
    budget = rules.budget
    if budget.kind is BudgetKind.LIMITED and budget.allowance is not None:
        return phrases("welcome.budget", budget=phrases.allowance(budget.allowance))
    unlimited = budget.kind is BudgetKind.UNLIMITED
    return phrases("welcome.budget.unlimited" if unlimited else "welcome.budget.blocked")


def _permissions(phrases: Phrases, lacking: Lacking) -> str:
    told = []
    if lacking.needed:
        told.append(phrases("welcome.permissions.missing", permissions=lacking.needed))
    if lacking.helpful:
        told.append(phrases("welcome.permissions.helpful", permissions=lacking.helpful))
    return _lines(*told) if told else phrases("welcome.permissions.complete")


def _switch(phrases: Phrases, *, on: bool, switched: Change | None) -> str:
    if switched is None:
        return phrases("welcome.on" if on else "welcome.off")
    values: dict[str, Any] = {"who": f"<@{switched.user_id}>", "at_s": switched.at_ms // _MS_PER_S}
    return phrases("welcome.on.by" if on else "welcome.off.by", **values)


def _lines(*words: str) -> str:
    return "\n".join(words)
