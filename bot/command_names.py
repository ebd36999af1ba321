"""Commands, their options and choices by the names that people see.

The registered names are the English ones; other languages may have their own. What no catalogue names, such as the
command of a model and all that it takes, is called the same in every language.
"""

from collections.abc import Iterable, Iterator, Mapping

from bot.asking.plans import COMPARE
from bot.asking.presets import OPTION as PRESET
from bot.catalog import OWN_OPTIONS
from bot.catalog_file import Names
from bot.offers import MODEL
from bot.text import FALLBACK, Texts

# Every command but those of models.
COMMANDS = (
    COMPARE,
    "credits",
    "defaults",
    "help",
    "history",
    "limits",
    "me",
    "moderation",
    "operator",
    "preset",
    "privacy",
    "queue",
    "safety",
    "show",
    "usage",
    "words",
)
# What commands that make images take beside what their models do.
OPTIONS = (MODEL, PRESET.name, *(option.name for option in OWN_OPTIONS))


def name_id(command: str) -> str:
    """The message that holds the name of a command, such as "limits", or of a subcommand, such as "words add"."""
    return f"name.{command.replace(' ', '.')}"


def option_id(option: str) -> str:
    """The message that holds the name of an option, such as "member"."""
    return f"name.option.{option}"


def choice_id(value: object) -> str:
    """The message that holds the name of a choice, such as "unlimited"."""
    return f"name.choice.{value}"


def shown_command(texts: Texts, locale: str, command: str) -> str:
    """A command as people of this language type it, such as "/limits" or "/words add"."""
    parts = command.split(" ")
    ids = (name_id(" ".join(parts[: number + 1])) for number in range(len(parts)))
    return "/" + " ".join(_shown(texts, locale, each, part) for each, part in zip(ids, parts, strict=True))


def shown_option(texts: Texts, locale: str, option: str) -> str:
    return _shown(texts, locale, option_id(option), option)


def shown_choice(texts: Texts, locale: str, value: str) -> str:
    return _shown(texts, locale, choice_id(value), value)


def own_names(texts: Texts) -> Names:
    """What nothing in the operator's models file can be called."""
    return Names(
        commands=_in_all_languages(texts, {each: name_id(each) for each in COMMANDS}.items()),
        options=_in_all_languages(texts, {each: option_id(each) for each in OPTIONS}.items()),
    )


def _in_all_languages(texts: Texts, ids: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, str]]:
    def names() -> Iterator[tuple[str, tuple[str, str]]]:
        for registered, message_id in ids:
            # The registered name last: where a language has the same, it is told by that.
            for locale in (*(each for each in texts.locales if each != FALLBACK), FALLBACK):
                yield _shown(texts, locale, message_id, registered), (registered, locale)

    return dict(names())


def _shown(texts: Texts, locale: str, message_id: str, registered: str) -> str:
    return texts(locale, message_id) if texts.has(message_id) else registered
