"""Every word that people see: `text(locale, id, **values)` over the message catalogues in bot/locales/.

One gettext catalogue (`<locale>.po`) for each language, read as it is, without a build step. The ids are symbolic;
English is complete, and whatever another language lacks is taken from it. Values are put into `{braces}`; values are
never templates themselves, so what people write is safe in them.
"""

import gettext
import io
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.figures import number_text

FALLBACK = "en"
FOLDER = Path(__file__).parent / "locales"


@cache
def _parts(message: str) -> tuple[tuple[str, str | None, bool], ...]:
    """The words of a message, each with the value that follows, and whether that is a number to be grouped.

    Kept for every message, as there are only so many.
    """
    return tuple((words, name, form == ",") for words, name, form, _ in Formatter().parse(message))


def _filled(message: str, values: dict[str, Any], locale: str) -> str:
    """Puts values into a message; `{count:,}` is a whole number grouped as the message's language groups it."""
    told = []
    for words, name, grouped in _parts(message):
        told.append(words)
        if name is not None:
            told.append(number_text(values[name], locale) if grouped else format(values[name]))
    return "".join(told)


@cache
def _translations(path: Path) -> gettext.GNUTranslations:
    """A catalogue as gettext wants it; read once a process, for no catalogue changes while the bot runs."""
    with path.open("rb") as source:
        catalogue = read_po(source, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Texts:
    """All catalogues of a folder, read once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._by_locale = {path.stem: _translations(path) for path in sorted(folder.glob("*.po"))}
        self._fallback = self._by_locale[FALLBACK]

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages that have a catalogue."""
        return tuple(self._by_locale)

    def spoken(self, locale: str) -> str:
        """The language in which a message for this locale is: numbers and dates inside it are written that way."""
        return next((name for name in (locale, _language(locale)) if name in self._by_locale), FALLBACK)

    def __call__(self, locale: str, message_id: str, **values: Any) -> str:
        """The message in this language, or in English where the language lacks it.

        `count` among the values chooses the plural form of messages that have one.
        Raises KeyError for an id that no catalogue knows, and for a value that the message needs and did not get.
        """
        for name in (locale, _language(locale), FALLBACK):
            catalogue = self._by_locale.get(name)
            message = None if catalogue is None else _message(catalogue, message_id, values)
            if message is not None:
                return _filled(message, values, name)
        raise KeyError(message_id)

    def has(self, message_id: str) -> bool:
        """Whether English knows this id."""
        return _message(self._fallback, message_id, {"count": 1}) is not None


def _language(locale: str) -> str:
    return locale.split("-", maxsplit=1)[0]


def _message(catalogue: gettext.GNUTranslations, message_id: str, values: dict[str, Any]) -> str | None:
    """The catalogue's own words, or None; gettext gives the id back where it has none."""
    count = values.get("count")
    message = catalogue.ngettext(message_id, message_id, count) if isinstance(count, int) else message_id
    if message == message_id:
        message = catalogue.gettext(message_id)
    return None if message == message_id else message
