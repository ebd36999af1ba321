"""Numbers, shares, times and dates as people read them. Pure.

`locale` is always one of Discord's, such as `en-US`, or a language; English where Babel knows none.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_interval, format_skeleton
from babel.numbers import format_decimal, format_percent

_TENTH = Decimal("0.1")
_LONG_MS = 100_000  # from here on, tenths of a second tell nobody anything


def babel_locale(locale: str) -> Locale:
    """Babel's locale for one of Discord's; English where Babel knows none."""
    for name in (locale, locale.split("-", maxsplit=1)[0]):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def number_text(number: int, locale: str) -> str:
    """A whole number: 1,234."""
    return format_decimal(number, locale=babel_locale(locale))


def tenths_text(number: Decimal, locale: str) -> str:
    """A number to the tenth: 1,234.5."""
    return format_decimal(_to_tenth(number), format="#,##0.#", locale=babel_locale(locale))


def percent_text(share: float, locale: str) -> str:
    """A share of 0 to 1, to the tenth of a per cent: 94.5%."""
    hundredths = points(share)
    return format_percent(hundredths / 100, locale=babel_locale(locale), decimal_quantization=False)


def points(share: float) -> Decimal:
    """A share in per cent, to the tenth, as `percent_text` shows it."""
    return _to_tenth(Decimal(str(share)) * 100)


def seconds_text(took_ms: int, locale: str) -> str:
    """A time in seconds, to the tenth; from 100 s on in whole ones."""
    seconds = Decimal(took_ms) / 1000
    return tenths_text(seconds if took_ms < _LONG_MS else seconds.quantize(Decimal(1), ROUND_HALF_UP), locale)


def day_text(day: date, locale: str) -> str:
    """A day without its year, short: Nov 21."""
    return format_skeleton("MMMd", day, locale=babel_locale(locale))


def days_text(first: date, last: date, locale: str) -> str:
    """Days from the first to the last, or one: Nov 1 – 30, 2026."""
    known = babel_locale(locale)
    if first == last:
        return format_skeleton("yMMMd", first, locale=known)
    return format_interval(first, last, "yMMMd", locale=known)


def _to_tenth(number: Decimal) -> Decimal:
    return number.quantize(_TENTH, ROUND_HALF_UP)
