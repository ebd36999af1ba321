"""One short story with everything in it: every move a job can make, every way a card can go.

Where it is told hundreds of times it is told in two halves, which are told in half the time: what goes wrong at Segmind,
and what becomes of cards.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bot.cards.writer import ref_of
from bot.catalog import IMAGEN_4, MODELS, Catalog
from bot.errors import ContentBlocked, MessageGone, NotAllowed, ThreadArchived
from bot.jobs import Remover, Request, Shown, State, Way
from bot.sandbox.segmind import MODELS as SEGMIND_MODELS
from bot.sandbox.segmind import POSTS, CallKind, Fault, FaultKind, Rule, blocked_picture, blocked_words
from bot.store import jobs as job_store
from bot.store import retouching, sharing
from tests.simulation.discord import Trouble
from tests.simulation.outside import START_MS
from tests.simulation.world import Bot, World, request

DOOMED = replace(IMAGEN_4, key="doomed", command="doomed", slug="doomed", label="Doomed")
DEAR = replace(IMAGEN_4, key="dear", command="dear", slug="dear", label="Dear", price_microcredits=10**12)
CATALOG = Catalog((*MODELS, DOOMED, DEAR))
# As Segmind's own, but quick, so that a run is short; how looks are spread is tested elsewhere.
QUICK = {
    slug: replace(model, latency_s=2.0, sigma=0.1)
    for slug, model in (
        SEGMIND_MODELS | {"doomed": replace(SEGMIND_MODELS["imagen-4"], slug="doomed", retired=True)}
    ).items()
}
FAST = {"command": "imagen-fast", "model": "imagen-4-fast"}
ULTRA = {"command": "imagen-ultra", "model": "imagen-4-ultra"}
IMAGEN_3 = {"model": "imagen-3"}
# So old that the token dies while the image is made.
NEARLY_DEAD = {"created_ms": START_MS - 868_000}

REQUESTS = (
    request(1, "archived meanwhile"),
    request(2, "v1 twins", **FAST, count=2, seed=5),
    request(3, "called off while it waits", count=3, **IMAGEN_3),
    request(4, "bad words", **ULTRA),
    request(5, "bad picture", **IMAGEN_3),
    request(6, "dropped after it was taken"),
    request(7, "dropped before it was taken", **ULTRA),
    request(8, "too many requests"),
    request(9, "a value refused", **IMAGEN_3),
    request(10, "expired early", **ULTRA),
    request(11, "private and late", private=True, **NEARLY_DEAD),
    request(12, "public and late", **NEARLY_DEAD, **ULTRA),
    request(13, "not allowed here"),
    request(14, "v1 dropped after it was taken", **FAST, seed=9),
    request(15, "retired", command="doomed", model="doomed"),
    request(16, "nobody knows", **IMAGEN_3),
    request(17, "deleted by somebody"),
    request(18, "blocked by AutoMod", **FAST, seed=11),
    request(19, "nothing takes it", **ULTRA),
    request(22, "removed as it appears", **FAST, seed=22),
    request(23, "removed while it is made", **IMAGEN_3),
    request(24, "blurred later", **FAST, seed=24),
    request(25, "blurred in an archived thread", **FAST, seed=25),
    request(27, "compared", command="imagen-compare", models=("imagen-3", "imagen-4-fast"), seed=27),
    request(28, "shared later", **FAST, seed=28, private=True),
)
_AT_SEGMIND = {
    "v1 twins",
    "bad words",
    "bad picture",
    "dropped after it was taken",
    "dropped before it was taken",
    "too many requests",
    "a value refused",
    "expired early",
    "v1 dropped after it was taken",
    "retired",
    "nobody knows",
    "removed while it is made",
    "compared",
}
HALVES = tuple(
    tuple(one for one in REQUESTS if (one.values["prompt"] in _AT_SEGMIND) is at_segmind)
    for at_segmind in (True, False)
)
# The fewest with which every move is made, for where each run counts.
_LEFT_OUT = {
    "bad picture",
    "too many requests",
    "a value refused",
    "expired early",
    "public and late",
    "not allowed here",
    "retired",
    "nobody knows",
    "blocked by AutoMod",
    "nothing takes it",
    "blurred later",
}
SHORT = tuple(one for one in REQUESTS if one.values["prompt"] not in _LEFT_OUT)
SHORT_HALVES = tuple(tuple(one for one in half if one in SHORT) for half in HALVES)
CALLED_OFF = request(20, "called off")
REMOVED_AT_ONCE = request(26, "removed before it began", count=2)
TOO_DEAR = request(21, "too dear", command="dear", model="dear")


def _at(fault: FaultKind | Fault, prompt: str, *, on: frozenset[CallKind] = POSTS, times: int | None = None) -> Rule:
    fault = fault if isinstance(fault, Fault) else Fault(fault)
    return Rule(fault, on, times=times, when=prompt.__eq__)


WEATHER = (
    _at(blocked_words(), "bad words"),
    _at(blocked_picture(), "bad picture"),
    _at(Fault(FaultKind.DROPPED, taken=True), "dropped after it was taken", times=1),
    _at(FaultKind.DROPPED, "dropped before it was taken"),
    _at(Fault(FaultKind.RATE_LIMITED, seconds=3), "too many requests", times=2),
    _at(Fault(FaultKind.ERROR_JSON, text="guidance is out of range"), "a value refused"),
    _at(FaultKind.EXPIRED_EARLY, "expired early"),
    _at(Fault(FaultKind.DROPPED, taken=True), "v1 dropped after it was taken", times=1),
    _at(FaultKind.EXPIRED_EARLY, "nobody knows"),
    _at(FaultKind.BAD_GATEWAY, "nobody knows", on=frozenset({CallKind.HISTORY})),
)
EVERYWHERE = (Way.REPLY, Way.MESSAGE, Way.CHANNEL, Way.DIRECT)


def world(folder: Path, *, seed: int = 0, **changes: Any) -> World:
    # Of three images of one member the last one waits.
    made = World(folder, seed=seed, catalog=CATALOG, models=QUICK, jobs_per_member=2, **changes)
    made.segmind.was_used_before()
    made.segmind.weather.add(*WEATHER)
    troubles = {
        # Past the token's life its reply takes no edit any more, whatever it shows by then.
        1: [Trouble(Way.MESSAGE, ThreadArchived)],
        13: [Trouble(way, NotAllowed, when=_has_image) for way in (Way.REPLY, Way.MESSAGE)],
        17: [Trouble(Way.REPLY, MessageGone, when=_has_image)],
        18: [Trouble(Way.REPLY, ContentBlocked, when=lambda card: "blocked" in card.lines[0])],
        19: [Trouble(way, NotAllowed) for way in EVERYWHERE],
        25: [Trouble(Way.MESSAGE, ThreadArchived, when=_hides)],
    }
    made.discord.troubles = {ref_of(10**18 + number): each for number, each in troubles.items()}
    return made


def _has_image(card: Any) -> bool:
    return bool(card.images)


def _hides(card: Any) -> bool:
    return any(image.spoiler for image in card.images)


def story(requests: Sequence[Request] = REQUESTS) -> Callable[[Bot], Awaitable[None]]:
    """Everybody asks, one after the other, and some of it is acted on."""
    return partial(_story, requests)


async def _story(requests: Sequence[Request], bot: Bot) -> None:
    asking = [asyncio.create_task(_use(bot, one, after_s=0.3 * at)) for at, one in enumerate(requests)]
    asking.append(asyncio.create_task(_call_off(bot)))
    asking.append(asyncio.create_task(_use(bot, TOO_DEAR, after_s=1.0)))
    asking.append(asyncio.create_task(_removed_at_once(bot)))
    asking += [asyncio.create_task(act(bot, one.interaction_id)) for one in requests if (act := ACTS.get(one.prompt))]
    await asyncio.gather(*asking)
    await bot.idle()


async def _use(bot: Bot, used: Request, *, after_s: float) -> None:
    await bot.world.clock.sleep(after_s)
    await bot.ask(used)


async def _call_off(bot: Bot) -> None:
    """Discord does not take the deferral, so the cog calls it off."""
    await bot.world.clock.sleep(1.0)
    await bot.machine.tracker.accept(CALLED_OFF)
    bot.world.accepted.add(CALLED_OFF.interaction_id)
    await bot.world.clock.sleep(0.5)
    await bot.machine.tracker.call_off(CALLED_OFF.interaction_id)


# What moderators do


async def _remove(bot: Bot, interaction_id: int) -> None:
    at_ms = bot.world.clock.now_ms()
    async with bot.db.transaction() as tx:
        await retouching.remove(tx, interaction_id, by=Remover.MODERATOR, at_ms=at_ms)
    await bot.machine.tracker.retouch([interaction_id])


async def _blur(bot: Bot, interaction_id: int) -> None:
    async with bot.db.transaction() as tx:
        await retouching.blur(tx, interaction_id)
    await bot.machine.tracker.retouch([interaction_id])


async def _removed_at_once(bot: Bot) -> None:
    """All images of a member are removed while the cog still answers their newest command."""
    await bot.world.clock.sleep(0.5)
    await bot.machine.tracker.accept(REMOVED_AT_ONCE)
    bot.world.accepted.add(REMOVED_AT_ONCE.interaction_id)
    await _remove(bot, REMOVED_AT_ONCE.interaction_id)
    bot.world.defer(REMOVED_AT_ONCE)
    await bot.machine.tracker.begin(REMOVED_AT_ONCE.interaction_id)


async def _remove_as_it_appears(bot: Bot, interaction_id: int) -> None:
    """Its end is on Discord, and the bot has not heard of it yet."""
    await bot.world.discord.appears(ref_of(interaction_id))
    await _remove(bot, interaction_id)


async def _remove_while_it_is_made(bot: Bot, interaction_id: int) -> None:
    while not any(job.state is State.RUNNING for job in await job_store.jobs_of(bot.db, interaction_id)):
        await bot.world.clock.sleep(1.0)
    await _remove(bot, interaction_id)


async def _delivered(bot: Bot, interaction_id: int) -> None:
    await bot.world.discord.appears(ref_of(interaction_id))
    while (found := await job_store.request(bot.db, interaction_id)) is None or found[1].shown is not Shown.DELIVERED:
        await bot.world.clock.sleep(1.0)


async def _blur_later(bot: Bot, interaction_id: int) -> None:
    await _delivered(bot, interaction_id)
    await _blur(bot, interaction_id)


# What members do


async def _call_off_what_waits(bot: Bot, interaction_id: int) -> None:
    while not any(job.state is State.RUNNING for job in await job_store.jobs_of(bot.db, interaction_id)):
        await bot.world.clock.sleep(0.5)
    await bot.machine.tracker.cancel(interaction_id)


async def _share_later(bot: Bot, interaction_id: int) -> None:
    await _delivered(bot, interaction_id)
    pressed = replace(
        request(interaction_id - request(0).interaction_id),
        private=False,
        reply="a press",
        created_ms=bot.world.clock.now_ms(),
    )
    bot.world.defer(pressed)
    async with bot.db.transaction() as tx:
        await sharing.share(
            tx,
            interaction_id,
            reply="a press",
            reply_ms=pressed.created_ms,
            channel_id=pressed.channel_id,
            place_id=pressed.place_id,
            filesize_limit_bytes=pressed.filesize_limit_bytes,
            spoiler=False,
            reach=pressed.reach,
        )
    await bot.machine.tracker.reopen(interaction_id)


ACTS = {
    "called off while it waits": _call_off_what_waits,
    "shared later": _share_later,
    "removed as it appears": _remove_as_it_appears,
    "removed while it is made": _remove_while_it_is_made,
    "blurred later": _blur_later,
    "blurred in an archived thread": _blur_later,
}
