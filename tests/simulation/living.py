"""Letting the bot live through one request or a few, and looking at what came of it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.cards.writer import ref_of
from bot.jobs import Job, Request
from bot.sandbox.segmind import CallKind, Rule
from bot.store import jobs as job_store
from tests.simulation import stumbles
from tests.simulation.discord import Act, Trouble
from tests.simulation.verdict import verdict
from tests.simulation.world import Bot, World, request

HISTORY = frozenset({CallKind.HISTORY})
SUBMIT = frozenset({CallKind.SUBMIT})
REF = ref_of(request(1).interaction_id)


def titles(acts: list[Act]) -> list[str]:
    return [act.card.title.strip("*") for act in acts]


def words(act: Act) -> str:
    return " ".join((act.card.title, *act.card.lines, act.card.small))


async def jobs_of(bot: Bot, number: int = 1) -> list[Job]:
    return await job_store.jobs_of(bot.db, request(number).interaction_id)


def asks(*requests: Request) -> Callable[[Bot], Any]:
    """A script: these are asked for at once, and the jobs they came to are returned through `found`."""

    async def script(bot: Bot) -> None:
        await asyncio.gather(*(bot.ask(one) for one in requests))
        await bot.idle()
        for one in requests:
            bot.world.found[one.interaction_id] = await job_store.jobs_of(bot.db, one.interaction_id)

    return script


def lived(folder: Path, *requests: Request, rules: tuple[Rule, ...] = (), **settings: Any) -> World:
    """A world in which these were asked for, under these rules, and everything has come to rest without violation."""
    world = World(folder, **settings)
    world.segmind.weather.add(*rules)
    world.live(asks(*requests))
    assert verdict(world) == []
    assert stumbles.taken() == []
    return world


def job(world: World, number: int = 1) -> Job:
    return world.found[request(number).interaction_id][0]


def calls(world: World, *kinds: CallKind) -> int:
    """How often it was asked; a list of the history counts once, however many pages it has."""
    return sum(call.kind in kinds and "page=2" not in call.path for call in world.segmind.calls)


def has_image(card: Any) -> bool:
    return bool(card.images)


def refused(folder: Path, *troubles: Trouble, **changes: Any) -> World:
    """A world in which Discord made trouble for one request, and everything has come to rest without violation."""
    world = World(folder)
    world.discord.troubles = {REF: list(troubles)}
    world.live(asks(request(1, **changes)))
    assert verdict(world) == []
    assert stumbles.taken() == []
    assert sum(world.discord.refused.values()) <= 50
    return world


def final(world: World) -> Act:
    act = world.discord.acts_of(REF)[-1]
    assert act.card.images
    return act
