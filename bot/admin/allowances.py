"""How a member stands: whether they may ask at all, what is left of each limit of theirs, and what is under way."""

from collections.abc import Collection

from bot import admission
from bot.admin.rulebook import Rulebook
from bot.catalog import Catalog
from bot.clock import Clock
from bot.intake import Refusal
from bot.limits import Asker, Rules, claims
from bot.standing import Standing
from bot.store import bars, jobs, ledger
from bot.store.bars import BarKind
from bot.store.database import Database, Reader
from bot.tracker.availability import Availability


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
        asked = claims(asker, rules, now_ms=self._clock.now_ms())
        out = out_of_service(self._catalog, self._availability)
        return Standing(
            rules=rules,
            refusal=await self._refusal(asker, rules, out),
            out=out,
            claims=asked,
            usages=await ledger.usages(self._db, [limit for claim in asked for limit in claim]),
            underway=tuple(await jobs.open_jobs_of(self._db, guild_id=asker.guild_id, user_id=asker.user_id)),
        )

    async def _refusal(self, asker: Asker, rules: Rules, out: Collection[str]) -> Refusal | None:
        try:
            await check_bars(self._db, user_id=asker.user_id, guild_id=asker.guild_id)
            admission.check_open(asker, rules)
            admission.check_in_service(rules, catalog=self._catalog, out=out, stopped=self._availability.stopped)
        except Refusal as refusal:
            return refusal
        return None


def out_of_service(catalog: Catalog, availability: Availability) -> frozenset[str]:
    """The keys of the models that make no images now; all of them where nothing is submitted at all."""
    return frozenset(model.key for model in catalog.models if availability.out(model.slug) is not None)


async def check_bars(reader: Reader, *, user_id: int, guild_id: int) -> None:
    """Raise Refusal where the operator barred this member or this server."""
    bar = await bars.barred(reader, user_id=user_id, guild_id=guild_id)
    if bar is not None:
        # The reason is the operator's word to who is barred.
        raise Refusal(
            "barred" if bar.kind is BarKind.USER else "server_barred", public_id="barred_public", reason=bar.reason
        )
