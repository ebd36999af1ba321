"""What each safety level does, in words that follow from the table in bot/levels.py. Pure."""

from collections.abc import Mapping, Sequence

from bot.admin.panel_text import Phrases
from bot.catalog import Model
from bot.levels import RULES, Level, capped, is_looser, levels_within, sent_at


def level_name(phrases: Phrases, level: Level) -> str:
    return phrases(f"level.{level.value}")


def chosen_words(phrases: Phrases, level: Level, *, ceiling: str) -> str:
    """The level that a server chose, and what counts instead where the operator's ceiling is below it."""
    counts = capped(level, ceiling)
    name = level_name(phrases, level)
    return name if counts is level else phrases("level.capped", level=name, counts=level_name(phrases, counts))


def channel_words(phrases: Phrases, level: Level, *, server: Level | None, age_restricted: bool, ceiling: str) -> str:
    """The level of a channel, and why it does not count where it does not. `server` is None where it is not known."""
    words = chosen_words(phrases, level, ceiling=ceiling)
    if server is not None and is_looser(level, server) and not age_restricted:
        return phrases("level.not_counting", level=words, server=level_name(phrases, server))
    return words


def level_paragraphs(phrases: Phrases, chosen: Level, *, ceiling: str) -> list[str]:
    """All levels with all that they do, the strictest first; the one that counts is marked, and so are those too loose."""
    counts, offered = capped(chosen, ceiling), levels_within(ceiling)
    return [
        "\n".join(_lines(phrases, level, counts=level is counts, ceiling=None if level in offered else ceiling))
        for level in Level
    ]


def _lines(phrases: Phrases, level: Level, *, counts: bool, ceiling: str | None) -> list[str]:
    name = level_name(phrases, level)
    title = phrases("level.title.counts" if counts else "level.title", level=name)
    if ceiling is not None:
        return [title, phrases("level.over_ceiling", ceiling=ceiling)]
    rule = RULES[level]
    return [
        title,
        f"• {phrases('level.words')}",
        *_models(phrases, level),
        f"• {phrases('level.spoiler' if rule.spoiler else 'level.no_spoiler')}",
        f"• {phrases('level.age_restricted' if rule.age_restricted_only else 'level.any_channel')}",
    ]


def _models(phrases: Phrases, level: Level) -> list[str]:
    """What is sent, a line for all models that are sent the same."""
    alike: dict[str, list[Model]] = {}
    for model in phrases.models:
        alike.setdefault(_sent_words(phrases, sent_at(level, model)), []).append(model)
    return [f"• **{_labels(models)}**: {words}" for words, models in alike.items()]


def _labels(models: Sequence[Model]) -> str:
    return ", ".join(model.label for model in models)


def _sent_words(phrases: Phrases, sent: Mapping[str, str] | None) -> str:
    if sent is None:
        return phrases("level.unused")
    if not sent:
        return phrases("level.untuned")
    return phrases("level.sent", sent=", ".join(f"`{name}: {value}`" for name, value in sent.items()))
