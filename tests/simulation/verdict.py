"""What must be true once the bot has come to rest, whatever happened to it on the way."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence

from bot.cards.writer import ref_of
from bot.jobs import Delivery, Job, Request, Shown, State, Way
from bot.ports import Card
from bot.store.audit import audit
from bot.store.rows import delivery_of, job_of, request_of
from bot.store.sqlite import Sqlite
from tests.simulation.det_loop import DetLoop
from tests.simulation.discord import Message
from tests.simulation.disk import AtRest
from tests.simulation.outside import START_MS
from tests.simulation.world import World


def verdict(world: World) -> list[str]:
    """Everything that is wrong, one line each."""
    found: list[str] = DetLoop(seed="verdict").run(_verdict(world))
    return found


async def _verdict(world: World) -> list[str]:
    connection = AtRest(world.database)
    db = Sqlite(writer=connection, reader=connection)
    try:
        requests = await db.fetch("SELECT * FROM requests ORDER BY interaction_id")
        jobs = [job_of(row) for row in await db.fetch("SELECT * FROM jobs ORDER BY interaction_id, number")]
        by_request: dict[int, list[Job]] = {row["interaction_id"]: [] for row in requests}
        found = [f"{one} was accepted and is lost" for one in world.accepted - by_request.keys()]
        found += _jobs(jobs)
        for job in jobs:
            by_request[job.interaction_id].append(job)
        for row in requests:
            found += _card(world, request_of(row), by_request[row["interaction_id"]], delivery_of(row))
        found += _posts(world, jobs)
        found += [f"audit: {finding.rule}: {finding.subject}" for finding in await audit(db)]
        found += _money(world, connection.raw)
        found += world.discord.complaints + world.unhandled
    finally:
        await db.close()
    return found


def _jobs(jobs: Sequence[Job]) -> Iterable[str]:
    yield from (f"{_name(job)} is still {job.state}" for job in jobs if not job.ended)


def _name(job: Job) -> str:
    return f"{ref_of(job.interaction_id)}/{job.number}"


def _card(world: World, request: Request, jobs: Sequence[Job], delivery: Delivery) -> Iterable[str]:
    ref = ref_of(request.interaction_id)
    # A private reply stays as it was once its card was shared; and as nobody can look at one, its end may be told again.
    left = request.reply_ms is not None or (request.private and delivery.way is Way.DIRECT)
    messages = [each for each in world.discord.of(ref) if not left or "private:" not in each.place]
    final = [message for message in messages if message.card is not None and message.card.accent != "waiting"]
    posts = Counter(act.way for act in world.discord.acts_of(ref) if act.posted)
    if request.private and any(message.card and message.place.startswith("channel:") for message in messages):
        yield f"{ref} is private and stands in a channel"
    yield from (f"{ref} was posted {times} times over {way}" for way, times in posts.items() if times > 1)
    match delivery.shown:
        case Shown.OPEN:
            yield f"{ref} is still open"
        case Shown.DELIVERED:
            if request.removed and not any(message.card for message in messages):
                return
            if len(final) != 1:
                yield f"{ref} has {len(final)} final cards"
            else:
                yield from _images(ref, jobs, final[0])
                yield from _retouched(ref, request, messages, final[0].card)
        case Shown.KEPT:
            if not world.discord.troubles.get(ref):
                yield f"{ref} is kept, though Discord would have taken it"
            # What could not be changed looks as it did.
            if len(final) > delivery.retouched:
                yield f"{ref} is kept, and has {len(final)} final cards"


def _retouched(ref: str, request: Request, messages: Sequence[Message], final: Card | None) -> Iterable[str]:
    """What was to be removed or hidden is seen nowhere, and the last card says nothing of it."""
    for card in (message.card for message in messages if message.card is not None):
        if request.removed and card.images:
            yield f"{ref} is removed, and people see its image"
        if request.spoiler and not all(image.spoiler for image in card.images):
            yield f"{ref} is blurred, and people see an image that is not"
    if request.removed and request.prompt in str(final):
        yield f"{ref} is removed, and people read its prompt"


def _images(ref: str, jobs: Sequence[Job], message: Message) -> Iterable[str]:
    due = sorted(f"imagen-{ref}-{job.number + 1}" for job in jobs if job.state is State.DONE and job.sha256)
    seen = sorted(name.partition(".")[0].removesuffix("-small") for name, _ in message.files.values())
    if due != seen:
        yield f"{ref} shows {seen} and has {due}"
    whole = {name.partition(".")[0]: digest for name, digest in message.files.values()}
    for job in jobs:
        digest = whole.get(f"imagen-{ref}-{job.number + 1}")
        if digest is not None and digest != job.sha256:
            yield f"{_name(job)} shows another picture than its own"
    if message.card and len(message.card.images) != len(message.files):
        yield f"{ref}: the card speaks of {len(message.card.images)} images and has {len(message.files)}"


def _posts(world: World, jobs: Sequence[Job]) -> Iterable[str]:
    """At most one request was taken for each job; jobs with one body and model stand in for each other."""
    due = Counter(_body(job.slug, job.payload) for job in jobs)
    ours = (request for request in world.segmind.requests if request.created_ms >= START_MS)
    taken = Counter(_body(request.slug, request.body) for request in ours)
    for body, times in taken.items():
        if times > due[body]:
            yield f"taken {times} times for {due[body]} jobs: {body}"


def _body(slug: str, payload: object) -> str:
    return f"{slug} {json.dumps(payload, sort_keys=True)}"


def _money(world: World, raw: sqlite3.Connection) -> Iterable[str]:
    # The limits of this world: the server's budget, and the operator's ceilings for a day and for a month.
    closings = raw.execute(
        """SELECT jobs.interaction_id, jobs.number, GROUP_CONCAT(owner) AS owners, guild_id
        FROM jobs JOIN requests USING (interaction_id) LEFT JOIN entries
        ON entries.interaction_id = jobs.interaction_id AND entries.number = jobs.number
        AND kind IN ('settle', 'release') LEFT JOIN accounts USING (account_id)
        GROUP BY jobs.interaction_id, jobs.number"""
    ).fetchall()
    for interaction_id, number, owners, guild_id in closings:
        if sorted((owners or "").split(",")) != ["all:day", "all:month", f"guild:{guild_id}"]:
            yield f"{ref_of(interaction_id)}/{number} is closed on {owners}"
    booked = raw.execute(
        """SELECT COALESCE(SUM(most), 0) FROM (
            SELECT MAX(CASE WHEN kind = 'settle' THEN spent ELSE 0 END)
                + MAX(CASE WHEN kind IN ('overrun', 'provision') THEN spent ELSE 0 END) AS most
            FROM entries GROUP BY interaction_id, number)"""
    ).fetchone()[0]
    held = raw.execute("SELECT COALESCE(SUM(held), 0) FROM balances").fetchone()[0]
    charged = sum(request.charged_microcredits for request in world.segmind.requests)
    if booked < charged:
        yield f"{charged} were charged and only {booked} are booked"
    if held:
        yield f"{held} are still held"
