"""What live cards cost: edits in a burst, and the memory that old ones take: `python -m benchmarks.cards`.

First 300 requests at once from 20 servers, against the real bot in a process of its own, with Discord's usual rate limits
in force: how often each card was edited, and how many 429s that provoked. Then 10,000 cards with buttons, shown by the real
client: its memory before and after. The baseline shows the same cards with views that discord.py keeps.
"""

import asyncio
import contextlib
import gc
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.burst import KEY, PER_MINUTE, acknowledgements_ms, burst, delivered, process, world
from bot.cards.buttons import CardButtons
from bot.catalog import IMAGEN_4, Catalog
from bot.clock import SystemClock
from bot.jobs import Job, Request, State, Way
from bot.ports import Address, Card
from bot.sandbox.discord import LocalDiscord
from bot.sandbox.discord.interactions import InteractionRecord
from bot.sandbox.discord.rate_limits import RateLimits
from bot.sandbox.segmind import LocalSegmind
from bot.text import Texts
from cogs.client import ImagenClient
from cogs.presenter import DiscordPresenter
from cogs.widgets import card_view

CARDS, WARM_UP, AT_ONCE = 10_000, 1_000, 20
# What Python itself may take or give back meanwhile.
KEPT_MAX_MIB = 8.0
EDITS_MEAN_MAX = 4.0
SHOW, KEEP = "show", "keep"


# ---------------------------------------------------------------- edits


def told_edits(local: LocalDiscord, records: list[InteractionRecord]) -> float:
    """Print how many cards were edited how often; the mean."""
    edits = Counter({record.token: 0 for record in records})
    for call in local.calls:
        if call.method == "PATCH" and call.params.get("webhook_token") in edits:
            edits[call.params["webhook_token"]] += 1
    mean = edits.total() / len(edits)
    told = ", ".join(f"{cards} cards {times} times" for times, cards in sorted(Counter(edits.values()).items()))
    print(f"    {mean:.2f} edits a card: {told}")
    return mean


async def edits_in_a_burst(folder: str, *, per_minute: int) -> bool:
    """The bot itself; whether its cards were edited seldom enough, and each came to its end."""
    clock = SystemClock()
    local = LocalDiscord(clock, world=world())
    segmind = LocalSegmind(
        clock=clock,
        rng=random.Random(1),
        api_key=KEY,
        balance_microcredits=10**9,
        requests_per_minute=per_minute,
        picture_px=256,
    )
    await local.start()
    await segmind.start()
    settings = {
        "SEGMIND_API_KEY": KEY,
        "SEGMIND_BASE_URL": segmind.base_url,
        "SEGMIND_HISTORY_URL": segmind.base_url,
        "SEGMIND_REQUESTS_PER_MINUTE": str(per_minute),
        "DATABASE_URL": f"sqlite:///{folder}/imagen.db",
        "IMAGES_DIR": f"{folder}/images",
        "LOG_LEVEL": "ERROR",
    }
    async with process(local, "bot", "run", **settings):
        began_s = time.monotonic()
        records = await burst(local)
        await acknowledgements_ms(records)
        images = await delivered(records)
        print(f"{len(records)} requests at once, {per_minute} requests a minute at Segmind")
        print(f"    {images} images delivered, the last after {time.monotonic() - began_s:.0f} s")
    mean = told_edits(local, records)
    refused = sum(call.status == 429 for call in local.calls)
    print(f"    429s at Discord: {refused}")
    await segmind.stop()
    await local.stop()
    return images == len(records) and refused == 0 and mean <= EDITS_MEAN_MAX


# ---------------------------------------------------------------- memory


class Forgetful:
    """A client's memory in which nothing is kept."""

    async def get(self, key: str) -> str | None:
        return None

    async def set(self, key: str, value: str) -> None:
        pass


def old_card(number: int, *, texts: Texts) -> Card:
    """A finished card, with all the buttons that one can have."""
    job = Job(
        interaction_id=number,
        number=0,
        model=IMAGEN_4.key,
        slug=IMAGEN_4.slug,
        payload={},
        price_microcredits=IMAGEN_4.price_microcredits,
        state=State.DONE,
        accepted_ms=0,
    )
    request = Request(
        interaction_id=number,
        guild_id=1,
        channel_id=2,
        place_id=2,
        user_id=3,
        locale="en-US",
        guild_locale="en-US",
        command=IMAGEN_4.command,
        model=IMAGEN_4.key,
        values={"prompt": "a fox"},
        private=True,
        spoiler=False,
        created_ms=0,
        reply=None,
        filesize_limit_bytes=0,
    )
    rows = CardButtons(texts=texts, catalog=Catalog()).rows(
        "en-US", request, [job], over=True, fetching=False, has_images=True
    )
    return Card(
        interaction_id=number,
        title="**Your image**",
        lines=(">>> a fox",),
        small=f"ref {number}",
        images=(),
        accent="done",
        rows=rows,
    )


def resident_mib() -> float:
    """What this process has in memory now; 0 where the system does not tell."""
    gc.collect()
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


async def show_cards(how: str) -> None:
    """In a process of its own: show the cards, over the presenter or as discord.py would keep them; print what was kept."""
    texts = Texts()
    client = ImagenClient(
        api_url=os.environ["DISCORD_API_URL"], connections=AT_ONCE, texts=texts, memory=Forgetful(), clock=SystemClock()
    )
    guild_id, channel_id = int(os.environ["GUILD_ID"]), int(os.environ["CHANNEL_ID"])
    async with client:
        await client.log_in(os.environ["DISCORD_TOKEN"])
        connected = asyncio.create_task(client.stay_connected())
        await client.wait_until_ready()
        presenter = DiscordPresenter(client, uploads_at_once=1)
        channel = client.get_partial_messageable(channel_id, guild_id=guild_id)

        async def show(number: int) -> None:
            card = old_card(number, texts=texts)
            if how == SHOW:
                address = Address(
                    reply=None,
                    guild_id=guild_id,
                    channel_id=channel_id,
                    user_id=3,
                    private=False,
                    message_id=None,
                    message_channel_id=None,
                    nonce=str(number),
                )
                await presenter.show(card, address=address, way=Way.CHANNEL)
            else:
                view = type(made := card_view(card))(timeout=None)
                for item in made.children:
                    view.add_item(item)
                await channel.send(view=view)

        await in_turn(show, range(1, WARM_UP + 1))
        before = resident_mib()
        await in_turn(show, range(WARM_UP + 1, WARM_UP + CARDS + 1))
        after = resident_mib()
        print(f"{before:.1f} {after:.1f}", flush=True)
        await client.close()
        await asyncio.gather(connected, return_exceptions=True)


async def in_turn(show, numbers) -> None:
    """Some at once, as the bot does."""
    waiting = iter(numbers)

    async def one_after_the_other() -> None:
        for number in waiting:
            await show(number)

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))


async def kept_mib(how: str) -> float:
    """What so many cards leave behind in the process that showed them."""
    local = LocalDiscord(SystemClock(), world=world(), limits=RateLimits(None, None, None))
    await local.start()
    guild = next(iter(local.world.guilds.values()))
    told = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    told |= {"DISCORD_TOKEN": local.token, "DISCORD_API_URL": local.api_url, "GUILD_ID": str(guild.id)}
    told["CHANNEL_ID"] = str(guild.channel_named("general").id)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.cards", how, env=told, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await child.communicate()
    before, after = map(float, out.split()[-2:])
    name = {SHOW: "the bot", KEEP: "as discord.py keeps views"}[how]
    print(f"{name}: {before:.1f} MiB before, {after:.1f} MiB after {CARDS} more cards with buttons")
    await local.stop()
    return after - before


async def main(per_minute: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        well = await edits_in_a_burst(folder, per_minute=per_minute)
    kept, baseline = await kept_mib(SHOW), await kept_mib(KEEP)
    print(f"kept: {kept:.1f} MiB; baseline {baseline:.1f} MiB")
    return 0 if well and kept < KEPT_MAX_MIB else 1


if __name__ == "__main__":
    if sys.argv[1:] in ([SHOW], [KEEP]):
        asyncio.run(show_cards(sys.argv[1]))
    else:
        sys.exit(asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else PER_MINUTE)))
