"""Amounts of money as people read them."""

from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal

MICROCREDITS_PER_CREDIT = 1_000_000
_PATTERN = "#,##0.######"


def _known(locale: str) -> Locale:
    """Babel's locale for one of Discord's; English where Babel knows none."""
    for name in (locale, locale.split("-", maxsplit=1)[0]):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def credits_text(microcredits: int, locale: str) -> str:
    """The amount in credits, exactly: 60,000 micro-credits are 0.06, and nothing is ever rounded away.

    `locale` is one of Discord's, such as `en-US`; it decides the signs between the digits.
    """
    return format_decimal(Decimal(microcredits) / MICROCREDITS_PER_CREDIT, format=_PATTERN, locale=_known(locale))
