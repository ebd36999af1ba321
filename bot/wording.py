"""Refusals in words: what was wrong, what is allowed, what would still work. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.intake import Refusal
from bot.levels import Level
from bot.markdown import clipped
from bot.money import credits_text
from bot.text import Texts

MONEY = "_microcredits"
# Enough for all that a server may say, made harmless.
_SERVER_WORDS_MAX = 1_000


def with_amounts(texts: Texts, locale: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, and each amount among them once more as people read it: `price_microcredits` is `price`, too."""
    amounts = {
        name.removesuffix(MONEY): credits_text(value, texts.spoken(locale))
        for name, value in values.items()
        if name.endswith(MONEY)
    }
    return {**values, **amounts}


def refusal_words(texts: Texts, locale: str, refusal: Refusal, *, public: bool) -> str:
    """Why a request is not accepted; in public without figures and without what would still work."""
    sentences = [(f"refusal.{refusal.message_id}", refusal.values), *refusal.more]
    if public:
        sentences = [(f"refusal.{refusal.public_id}", refusal.values)]
    said = [_words(texts, locale, message_id, values) for message_id, values in sentences]
    own = clipped(refusal.server_words, characters_max=_SERVER_WORDS_MAX, bytes_max=3 * _SERVER_WORDS_MAX)
    return "\n".join([own, *said] if own else said)


def _words(texts: Texts, locale: str, message_id: str, values: Mapping[str, Any]) -> str:
    named = {name: _named(texts, locale, value) for name, value in with_amounts(texts, locale, values).items()}
    return texts(locale, message_id, **named)


def _named(texts: Texts, locale: str, value: Any) -> Any:
    """A level by its name, everything else as it is."""
    return texts(locale, f"level.{value.value}") if isinstance(value, Level) else value
