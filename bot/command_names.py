"""Commands, their options and choices by the names that people see.

The registered names are the English ones; other languages may have their own. What no catalogue names, such as the
command of a model and all that it takes, is called the same in every language.
"""

from bot.text import Texts


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


def _shown(texts: Texts, locale: str, message_id: str, registered: str) -> str:
    return texts(locale, message_id) if texts.has(message_id) else registered
