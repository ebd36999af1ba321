"""Amounts of money as people read and type them."""

import re
from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_decimal

from bot.fields import BadValue
from bot.figures import babel_locale
from bot.setting_fields import AMOUNT_MAX_MICROCREDITS, CREDITS_MAX

MICROCREDITS_PER_CREDIT = 1_000_000
DECIMALS_MAX = 6
_PATTERN = "#,##0.######"
_TYPED = re.compile(r"([0-9]*)(?:[.,]([0-9]+))?")
_NEGATIVE = re.compile(r"[-\u2212][ ]*[0-9.,]+")
# Half of the world writes thousands so, and the other half decimals.
_EITHER = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


@lru_cache(maxsize=1024)
def credits_text(microcredits: int, locale: str) -> str:
    """The amount in credits, exactly: 60,000 micro-credits are 0.06, and nothing is ever rounded away.

    `locale` is one of Discord's, such as `en-US`; it decides the signs between the digits.
    """
    return format_decimal(Decimal(microcredits) / MICROCREDITS_PER_CREDIT, format=_PATTERN, locale=babel_locale(locale))


def read_credits(text: str) -> int:
    """Micro-credits from what a person typed: `2.5`, `2,5` or `1000` credits, from 0 to CREDITS_MAX.

    What the sign between the digits means is never guessed: `1,000` may be a thousand or one, and is refused.
    Raises BadValue with one of the reasons amount_text, amount_either, amount_decimals and amount.
    """
    typed = text.strip()
    if _EITHER.fullmatch(typed):
        whole = re.sub(r"[.,]", "", typed)
        raise BadValue("amount", "amount_either", whole=whole, decimal=typed_credits(int(whole) * 1_000))
    found = _TYPED.fullmatch(typed)
    if found is None or not typed:
        if _NEGATIVE.fullmatch(typed):
            raise BadValue("amount", "amount", high_microcredits=AMOUNT_MAX_MICROCREDITS)
        raise BadValue("amount", "amount_text")
    whole, decimals = found[1].lstrip("0"), (found[2] or "").rstrip("0")
    if len(decimals) > DECIMALS_MAX:
        raise BadValue("amount", "amount_decimals", most=DECIMALS_MAX)
    # Python itself takes whole numbers of so many digits only.
    if len(whole) > len(str(CREDITS_MAX)):
        raise BadValue("amount", "amount", high_microcredits=AMOUNT_MAX_MICROCREDITS)
    microcredits = int(whole or "0") * MICROCREDITS_PER_CREDIT + int(decimals.ljust(DECIMALS_MAX, "0"))
    if microcredits > AMOUNT_MAX_MICROCREDITS:
        raise BadValue("amount", "amount", high_microcredits=AMOUNT_MAX_MICROCREDITS)
    return microcredits


def typed_credits(microcredits: int) -> str:
    """An amount as `read_credits` reads it back, for forms that are filled in already."""
    whole, rest = divmod(microcredits, MICROCREDITS_PER_CREDIT)
    decimals = f"{rest:06}".rstrip("0")
    if not decimals:
        return str(whole)
    typed = f"{whole}.{decimals}"
    return f"{typed}0" if _EITHER.fullmatch(typed) else typed
