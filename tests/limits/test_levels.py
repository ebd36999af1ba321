"""Safety levels at the desk: what is written, and what is refused in whose words."""

from random import Random

import pytest

from bot.catalog import SAFETY_LEVELS, Catalog
from bot.intake import Refusal
from bot.judgement import Judgement
from bot.levels import Level
from bot.store import jobs as job_store
from bot.text import Texts
from bot.tracker.desk import Desk
from bot.wording import refusal_words
from tests.limits.bench import Bench
from tests.limits.support import PLACE, request

pytestmark = pytest.mark.asyncio

LOOSE = SAFETY_LEVELS[-1]


def desk_of(bench: Bench, *, ceiling: str = LOOSE, judgement: Judgement | None = None) -> Desk:
    return Desk(
        db=bench.db,
        catalog=Catalog(),
        availability=bench.availability,
        rulebook=bench.rulebook,
        ceiling=ceiling,
        noticed=lambda: None,
        clock=bench.clock,
        rng=Random(0),
        judge=None if judgement is None else Verdict(bench, judgement),
    )


class Verdict:
    """Says the same of everything, and is not asked while a transaction is open."""

    def __init__(self, bench: Bench, judgement: Judgement) -> None:
        self.bench, self.judgement = bench, judgement
        self.asked: list[str] = []

    async def judge(self, request, reader):
        async with self.bench.db.transaction():  # would wait for ever within another one
            self.asked.append(request.prompt)
        return self.judgement


async def written(bench: Bench, interaction_id: int):
    found = await job_store.request(bench.db, interaction_id)
    return None if found is None else found[0]


async def filter_at(bench: Bench, *, ceiling: str = LOOSE, **asked) -> str:
    (job,) = await desk_of(bench, ceiling=ceiling).accept(request(model="imagen-3", **asked))
    return job.payload["safety_filter_level"]


async def test_without_any_setting_the_strictest_filter_is_sent(bench: Bench):
    assert await filter_at(bench) == SAFETY_LEVELS[0]


async def test_the_level_of_the_server_counts_in_every_channel(bench: Bench):
    await bench.set(safety_level=Level.RELAXED)
    assert await filter_at(bench) == SAFETY_LEVELS[1]


async def test_a_channel_may_be_stricter_than_the_server(bench: Bench):
    await bench.set(safety_level=Level.RELAXED, channel_levels={PLACE: Level.GUARDED})
    assert (await bench.refused(model="imagen-4")).message_id == "level_model"
    assert await filter_at(bench, interaction_id=1_000) == SAFETY_LEVELS[0]
    assert await filter_at(bench, interaction_id=1_001, place_id=PLACE + 1) == SAFETY_LEVELS[1]


async def test_a_channel_is_looser_than_the_server_only_while_it_is_age_restricted(bench: Bench):
    await bench.set(channel_levels={PLACE: Level.RELAXED})
    assert await filter_at(bench, interaction_id=1_000) == SAFETY_LEVELS[0]
    assert await filter_at(bench, interaction_id=1_001, age_restricted=True) == SAFETY_LEVELS[1]


async def test_nothing_is_looser_than_the_operators_ceiling(bench: Bench):
    await bench.set(safety_level=Level.OPEN)
    assert await filter_at(bench, ceiling=SAFETY_LEVELS[0]) == SAFETY_LEVELS[0]
    assert await filter_at(bench, interaction_id=78, ceiling=SAFETY_LEVELS[1]) == SAFETY_LEVELS[1]


async def test_the_loosest_level_makes_images_in_age_restricted_channels_only_and_hides_them(bench: Bench):
    await bench.set(safety_level=Level.OPEN)
    assert (await bench.refused()).message_id == "level_place"
    (job,) = await bench.ask(age_restricted=True)
    kept = await written(bench, job.interaction_id)
    assert kept is not None
    assert (kept.spoiler, kept.age_restricted) == (True, True)


async def test_at_other_levels_an_image_is_hidden_only_where_the_member_hides_it(bench: Bench):
    (job,) = await bench.ask()
    kept = await written(bench, job.interaction_id)
    assert kept is not None
    assert (kept.spoiler, kept.age_restricted) == (False, False)


async def test_private_images_are_refused_where_they_are_switched_off(bench: Bench):
    assert await bench.ask(private=True)
    await bench.set(private_allowed=False)
    assert (await bench.refused(private=True)).message_id == "private_off"
    assert await bench.ask()


async def test_what_is_judged_bad_is_refused_and_nothing_is_written(bench: Bench):
    bad = Judgement(refusal=Refusal("bot_off", of_server=True))
    with pytest.raises(Refusal, match="bot_off"):
        await desk_of(bench, judgement=bad).accept(request())
    assert await written(bench, 77) is None


async def test_what_is_judged_delicate_is_hidden(bench: Bench):
    await desk_of(bench, judgement=Judgement(spoiler=True)).accept(request())
    kept = await written(bench, 77)
    assert kept is not None
    assert kept.spoiler is True


OWN = "Ask **@everyone** in <#5>\nabout it"
TEXTS = Texts()


async def test_a_server_says_its_own_words_first_when_its_own_rules_refuse(bench: Bench):
    await bench.set(refusal_words=OWN, safety_level=Level.GUARDED)
    refusal = await bench.refused(model="imagen-4")
    for public in (True, False):
        said = refusal_words(TEXTS, "en", refusal, public=public)
        assert said.startswith("Ask \\*\\*@\u200beveryone\\*\\*"), "it formats nothing and calls nobody"
        assert "“Guarded”" in said
        assert said.endswith("Nothing was charged.")


@pytest.mark.parametrize(
    ("made", "asked"),
    [
        ({"enabled": False}, {}),
        ({"denied_channels": (PLACE,)}, {}),
        ({"allowed_channels": (PLACE + 1,)}, {}),
        ({"model_counts": {"imagen-4": 0}}, {}),
        ({"model_counts": {"imagen-4": 1}}, {"count": 2}),
        ({"private_allowed": False}, {"private": True}),
        ({"safety_level": Level.OPEN}, {}),
        ({}, {"model": "imagen-3", "safety_filter_level": LOOSE}),
    ],
)
async def test_every_rule_that_a_server_makes_is_refused_with_its_words(bench: Bench, made, asked):
    await bench.set(refusal_words=OWN, **made)
    assert (await bench.refused(**asked)).server_words == OWN


async def test_what_is_no_rule_of_the_server_is_not_refused_in_its_words(bench: Bench):
    await bench.set(refusal_words=OWN)
    await bench.set_for_all(stopped=True)
    assert (await bench.refused()).server_words == ""
    await bench.set_for_all(stopped=False)
    assert (await bench.refused(steps=3)).server_words == ""
