"""How a member stands: whether they may ask at all, what is left of each limit of theirs, and what is under way."""

from collections.abc import Collection

from bot import admission
from bot.admin.rulebook import Rulebook
from bot.catalog import Catalog
from bot.clock import Clock
from bot.intake import More, Refusal
from bot.jobs import Outcome
from bot.limits import Asker, Rules, claims
from bot.markdown import clipped
from bot.moderation.cases import RULE_ID, Pause
from bot.standing import Standing
from bot.store import bars, jobs, ledger, pauses
from bot.store.bars import BarKind
from bot.store.database import Database, Reader
from bot.tracker.availability import Availability

_REASON_CHARACTERS_MAX = 400
_MS_PER_S = 1_000


class Allowances:
    """Looks up how members stand; changes nothing."""

    def __init__(
        self, *, db: Database, rulebook: Rulebook, catalog: Catalog, availability: Availability, clock: Clock
    ) -> None:
        self._db = db
        self._rulebook = rulebook
        self._catalog = catalog
        self._availability = availability
        self._clock = clock

    async def of(self, asker: Asker) -> Standing:
        """Raises StoreError where the database does not answer."""
        rules = await self._rulebook.rules(asker.guild_id)
        now_ms = self._clock.now_ms()
        asked = claims(asker, rules, now_ms=now_ms)
        out = out_of_service(self._catalog, self._availability)
        return Standing(
            rules=rules,
            refusal=await self._refusal(asker, rules, out, now_ms=now_ms),
            out=frozenset(out),
            claims=asked,
            usages=await ledger.usages(self._db, [limit for claim in asked for limit in claim]),
            underway=tuple(await jobs.open_jobs_of(self._db, guild_id=asker.guild_id, user_id=asker.user_id)),
        )

    async def _refusal(self, asker: Asker, rules: Rules, out: Collection[str], *, now_ms: int) -> Refusal | None:
        try:
            await check_bars(self._db, user_id=asker.user_id, guild_id=asker.guild_id, now_ms=now_ms)
            admission.check_open(asker, rules)
            admission.check_in_service(rules, catalog=self._catalog, out=out, stopped=self._availability.stopped)
        except Refusal as refusal:
            return refusal
        return None


def out_of_service(catalog: Catalog, availability: Availability) -> dict[str, Outcome]:
    """Why models make no images now, by their key; all of them where nothing is submitted at all."""
    found = {model.key: availability.out(model.slug) for model in catalog.models}
    return {key: outcome for key, outcome in found.items() if outcome is not None}


async def check_bars(reader: Reader, *, user_id: int, guild_id: int, now_ms: int) -> None:
    """Raise Refusal where the operator barred this member or this server, or moderators paused the member."""
    bar = await bars.barred(reader, user_id=user_id, guild_id=guild_id)
    if bar is not None:
        # The reason is the operator's word to who is barred.
        raise Refusal(
            "barred" if bar.kind is BarKind.USER else "server_barred", public_id="barred_public", reason=bar.reason
        )
    kept = await pauses.running(reader, guild_id=guild_id, user_id=user_id, now_ms=now_ms)
    if kept is not None:
        raise _paused(kept.pause)


def _paused(pause: Pause) -> Refusal:
    """Why and for how long is the member's business alone."""
    if pause.by_id == RULE_ID:
        more: tuple[More, ...] = (("hint.paused.rule", {}),)
    else:
        more = (("hint.paused.reason", {"reason": _shown(pause.reason)}),) if pause.reason.strip() else ()
    if pause.until_ms is None:
        return Refusal("paused", public_id="paused.public", more=more, of_server=True)
    until_s = -(-pause.until_ms // _MS_PER_S)
    return Refusal("paused.until", public_id="paused.public", more=more, of_server=True, until_s=until_s)


def _shown(reason: str) -> str:
    return clipped(reason, characters_max=_REASON_CHARACTERS_MAX, bytes_max=3 * _REASON_CHARACTERS_MAX)
