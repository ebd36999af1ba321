"""How the commands that find things again are put together."""

from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.admin.assembly import Office
from bot.cards.writer import CardWriter
from bot.catalog import Catalog
from bot.finding.histories import Histories
from bot.finding.placing import Placing
from bot.store.sqlite_prompts import SqlitePrompts
from bot.text import Texts
from bot.tracker.assembly import Outside
from bot.tracker.copied_cards import CopyWriter
from bot.tracker.tracker import Tracker
from cogs.finding.found_cards import FoundCards
from cogs.finding.history import History
from cogs.finding.history_thumbs import Thumbs
from cogs.finding.show import Show
from cogs.finding.show_choice import Choice
from cogs.finding.show_copies import Copies
from cogs.help import Help
from cogs.members import Members
from cogs.panels.panel import Rights
from cogs.queue import Queue
from cogs.sight import Sight


def finding_cogs(
    tree: app_commands.CommandTree[Any],
    outside: Outside,
    *,
    tracker: Tracker,
    office: Office,
    rights: Rights,
    placing: Placing,
    ceiling: str,
    catalog: Catalog,
    texts: Texts,
) -> tuple[commands.Cog, ...]:
    """`/history`, `/show`, `/queue` and `/help`."""
    db, clock = outside.db, outside.clock
    shared: dict[str, Any] = {"tree": tree, "catalog": catalog, "texts": texts, "clock": clock}
    members = Members(rights=rights, texts=texts)
    writer = CardWriter(texts=texts, catalog=catalog)
    cards = FoundCards(gallery=outside.gallery, writer=CopyWriter(writer=writer, texts=texts, clock=clock))
    found: dict[str, Any] = {
        "histories": Histories(db=db, index=SqlitePrompts(), rulebook=outside.rulebook, clock=clock),
        "words_days": office.retention.prompts_days,
    }
    return (
        History(
            thumbs=Thumbs(gallery=outside.gallery, writer=writer),
            cards=cards,
            sight=Sight(db=db),
            members=members,
            **found,
            **shared,
        ),
        Show(
            choice=Choice(histories=found["histories"], placing=placing, cards=cards, members=members),
            copies=Copies(db=db, fell_behind=outside.noticed, clock=clock),
            **found,
            **shared,
        ),
        Queue(tracker=tracker, members=members, **shared),
        Help(allowances=office.allowances, rights=rights, members=members, ceiling=ceiling, **shared),
    )
