"""Cards that go on showing images after these were removed, because the bot can change them no more. Pure.

Where people only installed it for themselves, nothing but an interaction's token leads to a card, for fifteen minutes. A
press on the card itself brings a new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.jobs import Delivery, Job, Reach, Request, State, Way
from bot.markdown import message_url
from bot.outside import is_outside
from bot.ways import TOKEN_LIFE_MS, token_lives


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """`url` is the card's address; None stands for a first card that was left for a direct message, and has no Delete button."""

    url: str | None


def what_stays(request: Request, jobs: Sequence[Job], delivery: Delivery, *, now_ms: int) -> Stays | None:
    """The card that will go on showing these images; None where all cards can be changed, or no one else sees them."""
    if request.private or request.reach is not Reach.REPLY:
        return None
    if delivery.way is Way.DIRECT or (delivery.way is Way.KEPT and delivery.message_id is None):
        end_ms = request.token_ms + TOKEN_LIFE_MS
        drawn = [job for job in jobs if job.state is State.DONE and job.outcome is None]
        early = any(job.finished_ms is not None and job.finished_ms < end_ms for job in drawn)
        return Stays(url=None) if early else None
    if delivery.message_id is None or token_lives(created_ms=request.token_ms, now_ms=now_ms):
        return None
    guild_id = None if is_outside(request.guild_id) else request.guild_id
    return Stays(url=message_url(guild_id, delivery.message_channel_id or request.channel_id, delivery.message_id))
