"""Telling servers, members and the operator what was written down for them in bot/store/notices.py.

A notice to a server is a card in its log channel, in the server's language; one about its settings goes to the channel
of its moderators. Where one of the two is not set the other one takes both, and without either nobody is told.
A notice to one member is a direct message, and is told to nobody where that member takes none.
A notice to the operator goes over the operator's own line, and waits also while that is closed. Each is told once: a message that got through before a crash
is the same message after it, for as long as Discord knows its nonce.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import structlog

from bot.admin.change_text import CHANGED, changed_words
from bot.admin.panel_text import Phrases
from bot.admin.rulebook import Rulebook
from bot.catalog import Catalog
from bot.clock import Clock
from bot.errors import Busy, DeliveryError, StoreError
from bot.markdown import clipped
from bot.rounds import Rounds
from bot.setting_fields import TargetKind
from bot.settings import INSTALLATION, LOG_CHANNEL, MODERATION_CHANNEL
from bot.store import notices as store
from bot.store.database import Database
from bot.store.notices import Notice
from bot.text import FALLBACK, Texts
from bot.wording import with_amounts

# What Discord did not take for so long is no news any more.
STALE_MS = 86_400_000
AT_ONCE_MAX = 100
WORDS_CHARACTERS_MAX = 1_500
INSTANT, WORDS = "_ms", "_words"
# What moderators decided, and moderators should know.
_FOR_MODERATORS = frozenset({CHANGED, "notice.words"})

log = structlog.get_logger()


class Poster(Protocol):
    """Posts cards of a few words in the channels of servers, and to members."""

    async def post(self, *, channel_id: int, guild_id: int, text: str, nonce: str) -> None:
        """Post it, or find that it was posted with this nonce; raises DeliveryError."""
        ...

    async def tell(self, *, user_id: int, text: str, nonce: str) -> None:
        """Tell this one person, or find that they were told with this nonce; raises DeliveryError."""
        ...

    def locale(self, guild_id: int) -> str | None:
        """The server's language, as Discord names it; None while Discord has not told it."""
        ...

    def name(self, guild_id: int) -> str:
        """What the server is called; empty while Discord has not told it."""
        ...

    def has(self, guild_id: int, kind: TargetKind, target_id: int) -> bool:
        """Whether the server has this role or channel (still)."""
        ...


class OperatorLine(Protocol):
    """The way to the operator."""

    async def tell(self, text: str, *, nonce: str) -> None:
        """Tell every operator, each at most once with this nonce; raises DeliveryError where nobody was reached."""
        ...

    async def alert(self, text: str) -> bool:
        """Tell every operator now or never; whether anybody was reached. Never raises."""
        ...


def shown(texts: Texts, locale: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The params as words take them: `x_microcredits` is `x` in credits, `x_ms` is `x` as the reader's own time.

    `x_words` is `x`, words that are harmless already. Other text may be anybody's, so it is made harmless; whole numbers
    stay as they are.
    """
    found = with_amounts(texts, locale, params)
    for name, value in params.items():
        if name.endswith(INSTANT):
            found[name.removesuffix(INSTANT)] = f"<t:{value // 1000}:f>"
        elif name.endswith(WORDS):
            found[name.removesuffix(WORDS)] = value
        elif isinstance(value, str):
            characters = WORDS_CHARACTERS_MAX
            found[name] = clipped(value, characters_max=characters, bytes_max=3 * characters)
    return found


class Notices:
    """Sends what is open, at once when poked and every half minute anyway; no server waits for another one."""

    def __init__(
        self,
        *,
        db: Database,
        rulebook: Rulebook,
        poster: Poster,
        line: OperatorLine,
        catalog: Catalog,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._db = db
        self._rulebook = rulebook
        self._poster = poster
        self._line = line
        self._catalog = catalog
        self._texts = texts
        self._clock = clock
        self._rounds = Rounds(look=self._open, guild_id_of=_guild_id, tell=self._send_all, clock=clock)

    def poke(self) -> None:
        """Something was added, and its transaction has ended."""
        self._rounds.poke()

    async def alert(self, text: str) -> bool:
        """Have the operator told; whether that will be done or was. Never raises.

        It is written down, so that it outlives a restart and a line that is closed; where the database takes nothing,
        it is told now or never.
        """
        try:
            async with self._db.transaction() as tx:
                await store.add(
                    tx,
                    guild_id=INSTALLATION,
                    message_id="notice.alert",
                    params={f"alert{WORDS}": text},
                    once=None,
                    at_ms=self._clock.now_ms(),
                )
        except Exception as error:  # noqa: BLE001 - whatever is broken, the operator is to know
            log.warning("an alarm could not be written down", reason=repr(error))
            return await self._line.alert(text)
        self.poke()
        return True

    async def run(self) -> None:
        """Run for as long as the bot does."""
        await self._rounds.run()

    async def send(self) -> None:
        """Tell what is open, once."""
        await self._rounds.once()

    async def _open(self) -> list[Notice]:
        return await store.open_ones(self._db, limit=AT_ONCE_MAX)

    async def _send_all(self, guild_id: int, notices: list[Notice]) -> bool:
        """Up to the first that has to wait: what comes after it is told after it. Whether there may be more."""
        try:
            for notice in notices:
                await self._send(notice)
                async with self._db.transaction() as tx:
                    await store.end(tx, notice.notice_id, at_ms=self._clock.now_ms())
        except DeliveryError as error:
            log.info("notices wait for Discord", guild_id=guild_id, reason=str(error))
        except StoreError as error:
            log.warning("notices wait for the database", guild_id=guild_id, reason=str(error))
        else:
            return len(notices) == AT_ONCE_MAX
        return False

    async def _send(self, notice: Notice) -> None:
        """Tell it, or find that it never can be told; raises DeliveryError where it may be told later."""
        try:
            if notice.guild_id == INSTALLATION:
                await self._line.tell(self._words(notice, FALLBACK), nonce=_nonce(notice))
            elif notice.user_id is not None:
                text = self._words(notice, self._locale(notice))
                await self._poster.tell(user_id=notice.user_id, text=text, nonce=_nonce(notice))
            else:
                await self._post(notice)
        except DeliveryError as error:
            # A server may choose another log channel; the operator has this line only, and may open it again.
            may_later = isinstance(error, Busy) or notice.guild_id == INSTALLATION
            if may_later and self._clock.now_ms() - notice.created_ms < STALE_MS:
                raise
            words = "a notice was not told in time" if may_later else "nobody could be told"
            log.warning(words, guild_id=notice.guild_id, message_id=notice.message_id, reason=str(error))
        except StoreError:
            raise
        except Exception:
            # Whatever is wrong with this one must not keep the others from being told.
            log.exception("a notice cannot be told", guild_id=notice.guild_id, message_id=notice.message_id)

    async def _post(self, notice: Notice) -> None:
        rules = await self._rulebook.rules(notice.guild_id)
        first, second = LOG_CHANNEL, MODERATION_CHANNEL
        if notice.message_id in _FOR_MODERATORS:
            first, second = second, first
        channel_id = rules.guild[first] or rules.guild[second]
        if channel_id is None:
            return
        text = self._words(notice, self._locale(notice))
        await self._poster.post(channel_id=channel_id, guild_id=notice.guild_id, text=text, nonce=_nonce(notice))

    def _locale(self, notice: Notice) -> str:
        return self._poster.locale(notice.guild_id) or FALLBACK

    def _words(self, notice: Notice, locale: str) -> str:
        if notice.message_id == CHANGED:
            return changed_words(self._phrases(notice.guild_id, locale), notice.params)
        params = dict(notice.params)
        if notice.user_id is not None:
            # Who reads it elsewhere has to be told where it happened.
            params["server"] = self._poster.name(notice.guild_id)
        return self._texts(locale, notice.message_id, **shown(self._texts, locale, params))

    def _phrases(self, guild_id: int, locale: str) -> Phrases:
        return Phrases(
            texts=self._texts,
            locale=locale,
            models=self._catalog.models,
            has=lambda kind, target_id: self._poster.has(guild_id, kind, target_id),
        )


def _nonce(notice: Notice) -> str:
    return f"notice-{notice.notice_id}"


def _guild_id(notice: Notice) -> int:
    return notice.guild_id
