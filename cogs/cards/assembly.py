"""How everything that is done with cards is put together."""

from dataclasses import dataclass
from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.asking.forms import Forms
from bot.cards.album import Album
from bot.cards.writer import CardWriter
from bot.catalog import Catalog
from bot.finding.placing import Placing
from bot.moderation.docket import Docket
from bot.text import Texts
from bot.tracker.assembly import Outside
from bot.tracker.tracker import Tracker
from cogs.acknowledge import Patience
from cogs.asking.asking import Asking
from cogs.cards.ask import CardAsk, Questions
from cogs.cards.door import CardDoor
from cogs.cards.keep import CardKeep
from cogs.cards.menu import CardMenu
from cogs.cards.send import CardSend
from cogs.cards.share import CardShare
from cogs.members import Members
from cogs.rights import Rights
from cogs.serving import Serving
from cogs.sight import Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class CardKit:
    """What buttons of cards work with beside the world outside."""

    tracker: Tracker
    docket: Docket
    asking: Asking
    questions: Questions
    forms: Forms
    placing: Placing


def card_cogs(
    tree: app_commands.CommandTree[Any],
    outside: Outside,
    kit: CardKit,
    *,
    rights: Rights,
    catalog: Catalog,
    texts: Texts,
) -> tuple[commands.Cog, ...]:
    """The buttons of cards, and the entry of a message's menu that begins with one."""
    album = Album(db=outside.db, clock=outside.clock)
    serving = Serving(texts=texts, clock=outside.clock)
    spoken: dict[str, Any] = {"serving": serving, "texts": texts}
    shared = {"album": album, **spoken}
    asker = CardAsk(
        forms=kit.forms, asking=kit.asking, questions=kit.questions, rights=rights, catalog=catalog, **spoken
    )
    writer = CardWriter(texts=texts, catalog=catalog)
    sender = CardSend(gallery=outside.gallery, writer=writer, clock=outside.clock)
    keeper = CardKeep(tracker=kit.tracker, docket=kit.docket, sender=sender, rights=rights, **shared)
    sharer = CardShare(placing=kit.placing, tracker=kit.tracker, rights=rights, clock=outside.clock, **shared)
    holding = Serving(texts=texts, clock=outside.clock, patience=Patience(decide_s=0.0))
    return (
        CardDoor(
            asker=asker,
            keeper=keeper,
            sharer=sharer,
            sight=Sight(db=outside.db),
            holding=holding,
            catalog=catalog,
            **shared,
        ),
        CardMenu(tree=tree, docket=kit.docket, asker=asker, members=Members(rights=rights, texts=texts), **shared),
    )
