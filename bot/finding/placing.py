"""Whether images that were made already may be posted in a place, by the rules that count there now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot import admission
from bot.admin.allowances import check_bars
from bot.admin.rulebook import Rulebook
from bot.catalog import Catalog
from bot.clock import Clock
from bot.errors import ImagenError
from bot.jobs import Job, Request
from bot.judgement import Judge
from bot.levels import RULES, Level, choices_at, sent_at, tuned_fields
from bot.store.database import Database


class TooLoose(ImagenError):
    """The images were made at a looser safety level than counts in the place."""

    def __init__(self, level: Level) -> None:
        super().__init__(level.value)
        self.level = level


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where somebody posts; `place_id` is the channel whose rules count. `user_id` is who posts, with these roles."""

    guild_id: int
    channel_id: int
    place_id: int
    user_id: int
    role_ids: tuple[int, ...]
    age_restricted: bool


class Placing:
    """Judges images by the rules of a place. `ceiling` is the operator's safety_filter_level for all."""

    def __init__(
        self, *, db: Database, rulebook: Rulebook, judge: Judge | None, catalog: Catalog, ceiling: str, clock: Clock
    ) -> None:
        self._db = db
        self._rulebook = rulebook
        self._judge = judge
        self._catalog = catalog
        self._ceiling = ceiling
        self._clock = clock

    async def check(self, request: Request, jobs: Iterable[Job], *, spot: Spot) -> bool:
        """Whether they are to be hidden behind a spoiler there.

        Raises Refusal where images are not made, or such words not used, there or by this person; TooLoose; StoreError.
        """
        rules = await self._rulebook.rules(spot.guild_id)
        await check_bars(self._db, user_id=spot.user_id, guild_id=spot.guild_id, now_ms=self._clock.now_ms())
        posted = replace(
            request,
            guild_id=spot.guild_id,
            channel_id=spot.channel_id,
            place_id=spot.place_id,
            user_id=spot.user_id,
            role_ids=spot.role_ids,
            age_restricted=spot.age_restricted,
            private=False,
        )
        admission.check_open(posted, rules)
        level = admission.check_level(posted, rules, ceiling=self._ceiling)
        if not all(self._made_within(level, job) for job in jobs):
            raise TooLoose(level)
        hidden = request.spoiler or RULES[level].spoiler
        if self._judge is not None:
            judgement = await self._judge.judge(posted, self._db)
            if judgement.refusal is not None:
                raise judgement.refusal
            hidden = hidden or judgement.spoiler
        return hidden

    def _made_within(self, level: Level, job: Job) -> bool:
        """Whether an image was made as this level would have it, or more carefully; of forgotten words nobody can tell."""
        model = self._catalog.get(job.model)
        if model is None or sent_at(level, model) is None:
            # Nobody can tell any more how careful a model was that is not in the catalogue.
            return model is None and RULES[level].untunable
        return all(
            field.name in job.payload and job.payload[field.name] in choices_at(level, field)
            for field in tuned_fields(model)
        )
