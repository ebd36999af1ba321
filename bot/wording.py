"""Refusals in words: what was wrong, what is allowed, what would still work. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.intake import Refusal
from bot.money import credits_text
from bot.text import Texts

MONEY = "_microcredits"


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
    if public:
        return _words(texts, locale, f"refusal.{refusal.public_id}", refusal.values)
    sentences = [(f"refusal.{refusal.message_id}", refusal.values), *refusal.more]
    return "\n".join(_words(texts, locale, message_id, values) for message_id, values in sentences)


def _words(texts: Texts, locale: str, message_id: str, values: Mapping[str, Any]) -> str:
    return texts(locale, message_id, **with_amounts(texts, locale, values))
