"""The names and languages of application commands."""

import unicodedata
from enum import IntEnum
from typing import Any

from bot.sandbox.discord.errors import Errors, problem
from bot.sandbox.discord.forms import Rule, text

LOCALES = frozenset(
    [
        "id",
        "da",
        "de",
        "en-GB",
        "en-US",
        "es-ES",
        "es-419",
        "fr",
        "hr",
        "it",
        "lt",
        "hu",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "fi",
        "sv-SE",
        "vi",
        "tr",
        "cs",
        "el",
        "bg",
        "ru",
        "uk",
        "hi",
        "th",
        "zh-CN",
        "ja",
        "zh-TW",
        "ko",
    ]
)
# Besides letters and numbers: the marks of the Devanagari and Thai scripts.
_SCRIPTS = ((0x0900, 0x097F), (0xA8E0, 0xA8FF), (0x0E01, 0x0E3A), (0x0E40, 0x0E5B))


class CommandType(IntEnum):
    CHAT_INPUT = 1
    USER = 2
    MESSAGE = 3


class OptionType(IntEnum):
    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


def name_rule(value: Any) -> Errors:
    if not isinstance(value, str) or not 1 <= len(value) <= 32:
        return text(least=1, most=32)(value)
    if not all(_is_name_character(each) for each in value):
        return problem("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    if value != value.lower():
        return problem("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid: it must be in lower case")
    return {}


def _is_name_character(character: str) -> bool:
    if character in "-_'" or unicodedata.category(character)[0] in "LN":
        return True
    return any(first <= ord(character) <= last for first, last in _SCRIPTS)


def localised(rule: Rule) -> Rule:
    def check(value: Any) -> Errors:
        if not isinstance(value, dict):
            return problem("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        for locale, words in value.items():
            if locale not in LOCALES:
                return problem("BASE_TYPE_CHOICES", f"Locale {locale!r} is not one of Discord's.")
            if words is not None and (errors := rule(words)):
                return {locale: errors}
        return {}

    return check
