"""A member's own images in words: a page of them, what they were looked for by, and what to do where none is found. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from bot.cards.writer import ref_of
from bot.catalog import Catalog
from bot.figures import number_text
from bot.jobs import Job, Request
from bot.markdown import clipped, message_url, plain
from bot.outside import is_outside
from bot.text import Texts

PROMPT_CHARACTERS_MAX = 120
PROMPT_BYTES_MAX = 360
# Discord's limit for the texts of menus and suggestions.
LABEL_CHARACTERS_MAX = 100
_MS_PER_S = 1000
# Also one that was offered once: requests of it are still there.
_KEY = re.compile("[A-Za-z0-9_.-]{0,48}")


class Listed(Protocol):
    """A request with its images, as bot/store/history.py finds it."""

    @property
    def request(self) -> Request: ...
    @property
    def images(self) -> tuple[Job, ...]: ...
    @property
    def favourites(self) -> frozenset[int]: ...
    @property
    def message(self) -> tuple[int, int] | None: ...
    @property
    def own(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks for, as they typed or picked it: words, the key of a model, a date, or favourites only."""

    words: str = ""
    model: str = ""
    date: str = ""
    favourites: bool = False

    @property
    def everything(self) -> bool:
        return not (self.words or self.model or self.date or self.favourites)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryText:
    """Words about histories in one person's language. `words_days` is for how long prompts are kept."""

    texts: Texts
    catalog: Catalog
    locale: str
    words_days: int

    def __call__(self, message_id: str, **values: Any) -> str:
        return self.texts(self.locale, message_id, **values)

    def head(self, wanted: Wanted, *, found: int, count_max: int) -> str:
        """How many requests there are, and by what they were looked for."""
        shown = number_text(found, self.texts.spoken(self.locale))
        more = "history.title.many" if found >= count_max else "history.title"
        return "\n".join((self(more, count=found, shown=shown), *self._wanted(wanted)))

    def nothing(self, wanted: Wanted) -> str:
        """There is nothing, and what may help."""
        if wanted.everything:
            return self("history.none")
        lines = [self("history.nothing"), *self._wanted(wanted), self("history.nothing.hint")]
        if wanted.words:
            lines.append(self("history.nothing.words", count=self.words_days))
        return "\n".join(lines)

    def row(self, number: int, listed: Listed, *, absent: str) -> str:
        """One request of a page; `absent` is why its picture is not shown, as a message id, or empty."""
        return "\n-# ".join((f"**{number}.** {self._prompt(listed.request)}", " · ".join(self._facts(listed, absent))))

    def label(self, number: int, request: Request) -> str:
        """A request as an entry of a menu."""
        words = plain(request.prompt, characters_max=LABEL_CHARACTERS_MAX - 6) or self("history.forgotten.short")
        return f"{number}. {words}"

    def described(self, listed: Listed) -> str:
        """The line below an entry of a menu."""
        facts = (self.ref(listed.request), self.models(listed.request), *self._amount(listed))
        return plain(" · ".join(facts), characters_max=LABEL_CHARACTERS_MAX)

    def suggested(self, request: Request) -> str:
        """A request as a suggestion while somebody types."""
        words = plain(request.prompt, characters_max=LABEL_CHARACTERS_MAX - 20) or self("history.forgotten.short")
        return f"{self.ref(request)} · {words}"[:LABEL_CHARACTERS_MAX]

    @staticmethod
    def ref(request: Request) -> str:
        """Its short name."""
        return ref_of(request.interaction_id)

    def link(self, listed: Listed) -> str:
        """A link to its card where others see it; where there is none, that there is none."""
        if listed.message is None:
            return self("history.no_message")
        channel_id, message_id = listed.message
        guild_id = None if is_outside(listed.request.guild_id) else listed.request.guild_id
        url = message_url(guild_id, channel_id, message_id)
        return f"[{self('history.message')}]({url})"

    def model(self, key: str) -> str:
        model = self.catalog.get(key)
        return model.label if model else key

    def models(self, request: Request) -> str:
        """All that it was made with, a comparison with several."""
        return ", ".join(self.model(key) for key in request.all_models)

    def model_key(self, typed: str) -> str | None:
        """The key of a model that was picked, or typed by its name; empty for none, and None where it cannot be one."""
        named = {model.label.casefold(): model.key for model in self.catalog.models}
        key = named.get(typed.strip().casefold(), typed.strip())
        return key if _KEY.fullmatch(key) else None

    def _prompt(self, request: Request) -> str:
        """Its beginning; in place of words whose time is over, that it is."""
        line = plain(request.prompt, characters_max=PROMPT_CHARACTERS_MAX)
        if not line:
            return self("history.forgotten", count=self.words_days)
        return clipped(line, characters_max=2 * PROMPT_CHARACTERS_MAX, bytes_max=PROMPT_BYTES_MAX)

    def _facts(self, listed: Listed, absent: str) -> Iterable[str]:
        request = listed.request
        yield f"`{self.ref(request)}`"
        if not listed.own:
            yield self("history.by_member", member=f"<@{request.user_id}>")
        yield self.models(request)
        yield from self._amount(listed)
        yield f"<t:{request.created_ms // _MS_PER_S}:d>"
        if request.private:
            yield self("history.private")
        if listed.message is not None:
            yield self.link(listed)
        if absent:
            yield self(absent)

    def _amount(self, listed: Listed) -> Iterable[str]:
        if len(listed.images) > 1:
            yield self("history.images", count=len(listed.images))
        if listed.favourites:
            yield self("history.favourite")

    def _wanted(self, wanted: Wanted) -> Iterable[str]:
        parts = list(self._parts(wanted))
        if parts:
            yield "-# " + " · ".join(parts)

    def _parts(self, wanted: Wanted) -> Iterable[str]:
        if wanted.words:
            words = clipped(wanted.words, characters_max=200, bytes_max=600)
            yield self("history.by.words", words=words)
        if wanted.model:
            yield self("history.by.model", model=self.model(wanted.model))
        if wanted.date:
            yield self("history.by.date", date=wanted.date)
        if wanted.favourites:
            yield self("history.by.favourites")


def suggested_dates(today: date) -> Sequence[tuple[str, str]]:
    """Dates that are worth a suggestion, as `dates_of` reads them, each with the id of its name."""
    month = today.replace(day=1)
    last_month = date.fromordinal(month.toordinal() - 1)
    return (
        ("history.date.today", today.isoformat()),
        ("history.date.yesterday", date.fromordinal(today.toordinal() - 1).isoformat()),
        ("history.date.this_month", f"{month:%Y-%m}"),
        ("history.date.last_month", f"{last_month:%Y-%m}"),
        ("history.date.this_year", f"{today:%Y}"),
        ("history.date.last_year", f"{today.year - 1:04}"),
    )
