"""The official SDK and our tracker against the same local Segmind: `python -m benchmarks.sdk`.

Lag is the time from a job's completion at Segmind to its result being known here. The server runs in a process of its
own. Both sides live on one clock that may run faster than the world's (the SDK's fixed second is shortened with it);
all figures are in that clock's seconds, except CPU, which is the client process's own.
"""

import asyncio
import math
import multiprocessing
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from multiprocessing.connection import Connection
from typing import Any, Never

import segmind as official

from bot import app, logs
from bot.admin.rulebook import Rulebook
from bot.catalog import Catalog
from bot.config import Config, load_config
from bot.jobs import Request, State
from bot.latency import Latency, lognormal
from bot.media.gallery import Gallery
from bot.media.pictures import Picture
from bot.media.vault import Kept, Vault
from bot.ports import Receipt
from bot.sandbox.segmind import MODELS, CallKind, LocalSegmind
from bot.sandbox.segmind.models import Model
from bot.store import latencies
from bot.store.database import Database
from bot.text import Texts

MEAN_S, SIGMA, SLUG, KEY = 11.61, 0.30, "imagen-4", "local"
MODEL = replace(MODELS[SLUG], latency_s=MEAN_S, sigma=SIGMA)
LEARNED = 200
# jobs at once, how often, how much faster than the world
RUNS = ((1, 40, 10.0), (100, 2, 2.0), (500, 1, 1.0))
PATIENCE_S = 900.0
STORM_JOBS, STORM_PLAN, STORM_SPEED = 100, 500, 8.0
# SDK clients are shared by so many threads: each has a pool of connections, and costs some to make.
THREADS_A_CLIENT = 50


class FastClock:
    """Runs `speed` times as fast as the world, from `epoch_ms` on; two processes can share it."""

    def __init__(self, speed: float, epoch_ms: int) -> None:
        self.speed, self.epoch_ms = speed, epoch_ms

    def now_ms(self) -> int:
        return self.epoch_ms + round((time.time_ns() / 1e6 - self.epoch_ms) * self.speed)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / self.speed)


# ---------------------------------------------------------------- the server


@dataclass(frozen=True, slots=True)
class Spread(Model):
    """A model whose latencies are not drawn but spread evenly over the law, so that both clients meet the whole of it."""

    left_ms: list[int] = field(default_factory=list)

    def draw_latency_ms(self, rng: random.Random) -> int:
        return self.left_ms.pop()


def spread(jobs: int, times: int) -> list[Spread]:
    """For so many runs of so many jobs: the latencies of all, in the same order whenever this is asked."""
    fit, rng, count = lognormal(mean_s=MEAN_S, sigma=SIGMA), random.Random(3), jobs * times
    latencies_ms = [round(fit.quantile_s((number + 0.5) / count) * 1000) for number in range(count)]
    rng.shuffle(latencies_ms)
    same = {each.name: getattr(MODEL, each.name) for each in fields(MODEL)}
    return [Spread(**same, left_ms=latencies_ms[run * jobs : (run + 1) * jobs]) for run in range(times)]


@dataclass(frozen=True, slots=True)
class Told:
    """What Segmind knows at the end: when each request ended, and how many calls of which kind came."""

    ended_ms: dict[str, int]
    calls: dict[CallKind, int]
    refused: int


def serve(pipe: Connection, clock: FastClock, seed: int, model: Model, per_minute: int | None) -> None:
    asyncio.run(_serve(pipe, clock, seed, model, per_minute))


async def _serve(pipe: Connection, clock: FastClock, seed: int, model: Model, per_minute: int | None) -> None:
    segmind = LocalSegmind(
        clock=clock,
        rng=random.Random(seed),
        api_key=KEY,
        models=MODELS | {SLUG: model},
        balance_microcredits=10**12,
        requests_per_minute=per_minute,
    )
    await segmind.start()
    pipe.send(segmind.base_url)
    await asyncio.to_thread(pipe.recv)
    calls = {kind: sum(call.kind is kind for call in segmind.calls) for kind in CallKind}
    refused = sum(call.status == 429 for call in segmind.calls)
    pipe.send(Told({request.id: request.ended_ms for request in segmind.requests}, calls, refused))
    await segmind.stop()


@contextmanager
def server(
    clock: FastClock, *, seed: int, model: Model, per_minute: int | None
) -> Iterator[tuple[str, Callable[[], Told]]]:
    """Its address, and a way to ask what it knows, which ends it."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, clock, seed, model, per_minute), daemon=True)
    process.start()
    try:
        address: str = here.recv()

        def ask() -> Told:
            here.send("end")
            told: Told = here.recv()
            return told

        yield address, ask
    finally:
        process.join(10)
        process.kill()


# ---------------------------------------------------------------- the two clients


@dataclass(frozen=True, slots=True)
class Result:
    """When each request was known to be over (by its id), CPU seconds, and what Segmind says of it all."""

    known_ms: dict[str, int]
    cpu_s: float
    told: Told


def sdk(jobs: int, clock: FastClock, address: str, ask: Callable[[], Told]) -> Result:
    clients = [
        official.SegmindClient(api_key=KEY, base_url=f"{address}/v1") for _ in range(-(-jobs // THREADS_A_CLIENT))
    ]
    known_ms: dict[str, int] = {}

    def one(number: int) -> None:
        try:
            job = clients[number % len(clients)].submit_async(SLUG, prompt=f"fox {number}")
            job.wait(timeout=PATIENCE_S / clock.speed, interval=1.0 / clock.speed)
        except official.SegmindError:
            return
        known_ms[job.request_id] = clock.now_ms()

    began_s = time.process_time()
    threads = [threading.Thread(target=one, args=(number,)) for number in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Result(known_ms, time.process_time() - began_s, ask())


class NoDiscord:
    """A Presenter that takes every card."""

    async def show(self, *_: object, **__: object) -> Receipt:
        return Receipt(message_id=1, channel_id=1, attachment_ids={})

    async def find(self, **_: object) -> None:
        return None

    async def alert(self, text: str) -> bool:
        print(f"  told the operator: {text}")
        return True


class NoPictures(Gallery):
    """The SDK fetches no pictures, so here none comes either."""

    async def fetch(self, url: str) -> tuple[Picture, Kept]:
        return await _never(url)


async def _never(_: str) -> Never:
    await asyncio.Event().wait()
    raise AssertionError


def _config(address: str, folder: str, per_minute: int) -> Config:
    return load_config(
        discord_token="none",
        segmind_api_key=KEY,
        segmind_base_url=address,
        segmind_history_url=address,
        database_url=f"sqlite:///{folder}/imagen.db",
        monthly_limit_credits=1_000_000,
        ceiling_per_day_credits=1_000_000,
        ceiling_per_month_credits=1_000_000,
        segmind_requests_per_minute=per_minute,
        jobs_in_flight=10_000,
    )


def _request(number: int, now_ms: int) -> Request:
    return Request(
        interaction_id=number + 1,
        guild_id=1,
        channel_id=1,
        place_id=1,
        user_id=1,
        locale="en-US",
        guild_locale="en-US",
        command="imagen",
        model=SLUG,
        values={"prompt": f"fox {number}"},
        private=False,
        spoiler=False,
        created_ms=now_ms,
        reply=None,
        filesize_limit_bytes=10**7,
    )


async def _learn(db: Database) -> None:
    """Have it know the latencies of jobs that were before; like those to come, none of them was refused."""
    rng, known = random.Random(1), Latency.known(mean_s=MEAN_S)
    for _ in range(LEARNED):
        known = known.learn(MODEL.draw_latency_ms(rng) / 1000)
    async with db.transaction() as tx:
        await latencies.save(tx, SLUG, known.sums)


async def _track(jobs: int, clock: FastClock, config: Config, *, learned: bool) -> tuple[dict[str, int], float]:
    async with app.opened_store(config) as db, app.segmind(config, clock) as painter:
        if learned:
            await _learn(db)
        gallery = NoPictures(fetcher=Any, vault=Vault(config.database_path.parent))
        outside = app.Outside(
            db=db,
            rulebook=Rulebook(db=db, defaults=config.setting_defaults, clock=clock),
            painter=painter,
            presenter=NoDiscord(),
            line=NoDiscord(),
            noticed=lambda: None,
            gallery=gallery,
            clock=clock,
            rng=random.Random(5),
        )
        tracker = app.assemble(outside, config=config, catalog=Catalog(), texts=Texts()).tracker
        await tracker.start()
        began_s = time.process_time()
        requests = [_request(number, clock.now_ms()) for number in range(jobs)]
        await asyncio.gather(*(tracker.accept(request) for request in requests))
        await asyncio.gather(*(tracker.begin(request.interaction_id) for request in requests))
        left = "SELECT COUNT(*) AS n FROM jobs WHERE finished_ms IS NULL"
        deadline_ms = clock.now_ms() + PATIENCE_S * 1000
        while (await db.fetch(left))[0]["n"] and clock.now_ms() < deadline_ms:
            await clock.sleep(1.0)
        cpu_s = time.process_time() - began_s
        done = await db.fetch("SELECT request_id, finished_ms FROM jobs WHERE state = $1", State.DONE.value)
        await tracker.stop(grace_s=1.0)
    return {row["request_id"]: row["finished_ms"] for row in done}, cpu_s


def ours(
    jobs: int, clock: FastClock, address: str, ask: Callable[[], Told], *, learned: bool, per_minute: int = 100_000
) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        config = _config(address, folder, per_minute)
        known_ms, cpu_s = asyncio.run(_track(jobs, clock, config, learned=learned))
    return Result(known_ms, cpu_s, ask())


# ---------------------------------------------------------------- figures


def measure(
    client: Callable[..., Result], jobs: int, times: int, speed: float, *, plan: int | None = None, **options: Any
) -> list[Result]:
    """So many runs, each against a server of its own."""
    results = []
    for run, model in enumerate(spread(jobs, times)):
        clock = FastClock(speed, time.time_ns() // 1_000_000)
        with server(clock, seed=run, model=model, per_minute=plan) as (address, ask):
            results.append(client(jobs, clock, address, ask, **options))
    return results


@dataclass(frozen=True, slots=True)
class Lag:
    """The mean in seconds, and by how much chance alone moves it from run to run (its standard error)."""

    mean_s: float
    error_s: float

    def against(self, other: "Lag") -> str:
        ratio = self.mean_s / other.mean_s
        return f"{ratio:.2f} ± {ratio * math.hypot(self.error_s / self.mean_s, other.error_s / other.mean_s):.2f}"


def show(name: str, jobs: int, results: list[Result]) -> tuple[Lag, float]:
    """Print a line; returns the lag and the polls a job."""
    lags = [
        (at_ms - result.told.ended_ms[request_id]) / 1000
        for result in results
        for request_id, at_ms in result.known_ms.items()
    ]
    total = jobs * len(results)
    polls = sum(result.told.calls[CallKind.STATUS] for result in results) / total
    requests = sum(sum(result.told.calls.values()) for result in results) / total
    cpu_ms = sum(result.cpu_s for result in results) / total * 1000
    refused = sum(result.told.refused for result in results)
    mean_s = statistics.fmean(lags) if lags else float("nan")
    p95_s = statistics.quantiles(lags, n=20)[-1] if len(lags) > 1 else mean_s
    print(
        f"{name:34}{total:6}{total - len(lags):7}{mean_s:9.2f} s{p95_s:8.2f} s{polls:9.2f}{requests:10.2f}"
        f"{cpu_ms:9.1f} ms{refused:7}",
        flush=True,
    )
    error_s = statistics.stdev(lags) / math.sqrt(len(lags)) if len(lags) > 1 else float("nan")
    return Lag(mean_s, error_s), polls


def main() -> None:
    logs.set_up(level="CRITICAL", style="text", secrets=())
    print(f"latency lognormal, mean {MEAN_S} s, sigma {SIGMA}; the SDK is {official.__name__} {_version()}")
    print(
        f"{'':34}{'jobs':>6}{'lost':>7}{'lag mean':>11}{'lag p95':>10}{'polls':>9}{'requests':>10}{'CPU a job':>12}{'429s':>7}"
    )
    for jobs, times, speed in RUNS:
        print(f"{jobs} at once, {times} times; the clock runs x {speed:g}")
        sdk_lag, _ = show("SDK, every second", jobs, measure(sdk, jobs, times, speed))
        for name, learned in ((f"ours, {LEARNED} jobs learned", True), ("ours, with the prior only", False)):
            results = measure(ours, jobs, times, speed, learned=learned)
            lag, polls = show(name, jobs, results)
            print(f"    lag {lag.against(sdk_lag)} of the SDK's, {polls:.1f} polls a job")
    print(f"{STORM_JOBS} at once on a plan of {STORM_PLAN} requests a minute; the clock runs x {STORM_SPEED:g}")
    show("SDK, every second", STORM_JOBS, measure(sdk, STORM_JOBS, 1, STORM_SPEED, plan=STORM_PLAN))
    for name, believed in (("ours, told the plan", STORM_PLAN), ("ours, told four times the plan", 4 * STORM_PLAN)):
        told: dict[str, Any] = {"learned": True, "per_minute": believed}
        show(name, STORM_JOBS, measure(ours, STORM_JOBS, 1, STORM_SPEED, plan=STORM_PLAN, **told))


def _version() -> str:
    return str(official.__version__)


if __name__ == "__main__":
    main()
