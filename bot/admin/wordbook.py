"""The words that servers do not want in prompts: their own rules and those of their AutoMod, applied to requests."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.automod import AutoMod
from bot.catalog import Catalog
from bot.clock import Clock
from bot.errors import ImagenError
from bot.jobs import Request
from bot.judgement import Judgement
from bot.kept import Kept
from bot.outside import is_outside
from bot.store import notices
from bot.store import settings as settings_store
from bot.store import word_rules as store
from bot.store.database import Database, Reader, Transaction
from bot.store.settings import Change
from bot.verdicts import Finding, judged, texts_of
from bot.word_lines import Entry, matcher_of
from bot.words.matcher import WordMatcher

# What `changes` names it by.
SUBJECT = "word_rules"
ENTRIES_MAX = 5_000
# Of all servers together, the last used, at about 4 kB each; a matcher that is dropped is made again when it is needed.
ENTRIES_KEPT_MAX = 25_000
# More take longer than the event loop may be held up, at about 0.13 ms each.
ENTRIES_AT_ONCE_MAX = 30


class BookFull(ImagenError):
    """There would be more than ENTRIES_MAX rules; nothing was changed."""


class ServerRules(Protocol):
    """The AutoMod of servers, as Discord tells it."""

    async def rules(self, guild_id: int) -> AutoMod:
        """What is known of it, after waiting some seconds at most; never raises."""
        ...


@dataclass(frozen=True, slots=True)
class _Made:
    revision: int
    matcher: WordMatcher
    entries: int


class WordBook:
    """Every server's rules: kept in the database, and ready in memory while they are in use.

    `noticed` is called when a change was written down for the server to be told.
    """

    def __init__(
        self,
        *,
        db: Database,
        catalog: Catalog,
        server_rules: ServerRules,
        clock: Clock,
        noticed: Callable[[], None] = lambda: None,
    ) -> None:
        self._db = db
        self._catalog = catalog
        self._server_rules = server_rules
        self._clock = clock
        self._noticed = noticed
        self._kept: Kept[int, _Made] = Kept(weight_max=ENTRIES_KEPT_MAX, weigh=lambda made: made.entries)
        self._making: dict[tuple[int, int], asyncio.Task[_Made]] = {}

    # ------------------------------------------------------------ changing

    async def add(self, guild_id: int, entries: Sequence[Entry], *, user_id: int) -> int:
        """Write rules into the book; returns how many it did not have just so.

        Raises BookFull or StoreError, with nothing changed.
        """
        async with self._db.transaction() as tx:
            await store.bump(tx, guild_id)
            added = await store.put(tx, guild_id, entries)
            if await store.count(tx, guild_id) > ENTRIES_MAX:
                raise BookFull
            await self._write_down(tx, guild_id, user_id=user_id, added=added)
        self._noticed()
        return added

    async def remove(self, guild_id: int, patterns: Sequence[str], *, user_id: int) -> int:
        """Take rules out of the book; returns how many there were. Raises StoreError."""
        async with self._db.transaction() as tx:
            await store.bump(tx, guild_id)
            removed = await store.drop(tx, guild_id, patterns)
            await self._write_down(tx, guild_id, user_id=user_id, removed=removed)
        self._noticed()
        return removed

    async def replace(self, guild_id: int, entries: Sequence[Entry], *, user_id: int) -> int:
        """Have exactly these rules; returns how many there were before. Raises BookFull or StoreError."""
        if len(entries) > ENTRIES_MAX:
            raise BookFull
        async with self._db.transaction() as tx:
            await store.bump(tx, guild_id)
            removed = await store.clear(tx, guild_id)
            added = await store.put(tx, guild_id, entries)
            await self._write_down(tx, guild_id, user_id=user_id, removed=removed, added=added)
        self._noticed()
        return removed

    async def _write_down(self, tx: Transaction, guild_id: int, *, user_id: int, **counts: int) -> None:
        """Who changed how much, kept and told in the server's log; the words themselves stand in the book alone."""
        if any(counts.values()):
            now_ms = self._clock.now_ms()
            change = Change(guild_id=guild_id, subject=SUBJECT, old=None, new=counts, user_id=user_id, at_ms=now_ms)
            await settings_store.add_change(tx, change)
            params = {"user_id": user_id, "added": counts.get("added", 0), "removed": counts.get("removed", 0)}
            await notices.add(tx, guild_id=guild_id, message_id="notice.words", params=params, once=None, at_ms=now_ms)

    # ------------------------------------------------------------ looking

    async def entries(self, guild_id: int) -> list[Entry]:
        """The whole book of a server, by verdict and words."""
        return await store.load(self._db, guild_id)

    async def automod(self, guild_id: int) -> AutoMod:
        """What is known of the server's own AutoMod."""
        return await self._server_rules.rules(guild_id)

    # ------------------------------------------------------------ judging

    async def judge(self, request: Request, reader: Reader) -> Judgement:
        """As bot/judgement.py has it. Outside of servers nobody has any rules."""
        if is_outside(request.guild_id):
            return Judgement()
        matcher = await self._matcher(request.guild_id, reader)
        automod = await self._server_rules.rules(request.guild_id)
        if matcher is None and not automod.applied:
            return Judgement()
        texts = texts_of(request, self._catalog)
        # Long prompts under many rules take longer than the event loop may be held up.
        return await asyncio.to_thread(lambda: judged(_found(request, texts, matcher, automod)))

    async def _matcher(self, guild_id: int, reader: Reader) -> WordMatcher | None:
        """What finds the words of this server's own rules; None where it has no rules."""
        revision = await store.revision(reader, guild_id)
        if revision == 0:
            return None
        kept = self._kept.get(guild_id)
        if kept is not None and kept.revision >= revision:
            return kept.matcher
        key = (guild_id, revision)
        if key not in self._making:
            self._making[key] = asyncio.create_task(self._make(guild_id, revision))
            self._making[key].add_done_callback(lambda _: self._making.pop(key))
        # Whoever gives up waiting does not take it from the others.
        return (await asyncio.shield(self._making[key])).matcher

    async def _make(self, guild_id: int, revision: int) -> _Made:
        """Make it of what the book holds by now, which is what this revision was or something newer."""
        entries = await store.load(self._db, guild_id)
        if len(entries) > ENTRIES_AT_ONCE_MAX:
            matcher = await asyncio.to_thread(matcher_of, entries)
        else:
            matcher = matcher_of(entries)
        made = _Made(revision, matcher, len(entries))
        kept = self._kept.get(guild_id)
        if kept is None or kept.revision <= revision:
            self._kept.put(guild_id, made)
        return made


def _found(request: Request, texts: Sequence[str], matcher: WordMatcher | None, automod: AutoMod) -> Iterable[Finding]:
    """Every place where a rule that counts for this member here finds something; the server's own rules go first."""
    if matcher is not None:
        for text in texts:
            yield from (Finding(hit.rule.effect, text[hit.start : hit.end]) for hit in matcher.find(text))
    # The server's id is the role that everybody has.
    here = {
        "role_ids": (*request.role_ids, request.guild_id),
        "channel_ids": (request.channel_id, request.place_id),
    }
    for applied in automod.applied:
        if not applied.rule.exempts(**here):
            for text in texts:
                for hit in applied.find(text):
                    yield Finding(hit.rule.effect, text[hit.start : hit.end], applied.rule.message, automod=True)
