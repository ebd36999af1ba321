"""How the cogs are put together: each is handed what it works with, and knows nothing else."""

from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.admin.assembly import Office
from bot.admin.servers import Servers
from bot.admin.usage import Snapshots, UsageReader
from bot.admin.wordbook import WordBook
from bot.catalog import Catalog
from bot.charts.process import Charts
from bot.config import Config
from bot.offers import offers
from bot.store.meta import Memory
from bot.text import Texts
from bot.tracker.assembly import Outside
from bot.tracker.tracker import Tracker
from cogs.client import ImagenClient
from cogs.credits import Credits
from cogs.errors import Errors
from cogs.first_note import FirstNote
from cogs.greeter import DiscordGreeter
from cogs.imagen import Imagen
from cogs.limits import Limits
from cogs.me import Me
from cogs.operator import Operator
from cogs.panels.door import Panels
from cogs.privacy import PrivacyRights
from cogs.rights import Rights
from cogs.safety import Safety
from cogs.usage import Usage
from cogs.welcome import Welcome
from cogs.words import Words


async def add_cogs(
    client: ImagenClient,
    outside: Outside,
    *,
    tracker: Tracker,
    office: Office,
    book: WordBook,
    snapshots: Snapshots,
    config: Config,
    catalog: Catalog,
    texts: Texts,
) -> None:
    """Give the client everything that people can do."""
    for cog in (
        *_everyday(client, outside, tracker=tracker, office=office, catalog=catalog, texts=texts),
        *_administration(
            client, outside, office=office, book=book, snapshots=snapshots, config=config, catalog=catalog, texts=texts
        ),
    ):
        await client.add_cog(cog)


def _everyday(
    client: ImagenClient, outside: Outside, *, tracker: Tracker, office: Office, catalog: Catalog, texts: Texts
) -> tuple[commands.Cog, ...]:
    tree, clock = client.tree, outside.clock
    note = FirstNote(told=office.privacy, retention=office.retention, texts=texts)
    return (
        Errors(tree=tree, texts=texts),
        Imagen(tree=tree, tracker=tracker, offers=offers(catalog), first_note=note, texts=texts, clock=clock),
        Me(tree=tree, allowances=office.allowances, catalog=catalog, texts=texts, clock=clock),
        PrivacyRights(tree=tree, privacy=office.privacy, retention=office.retention, texts=texts, clock=clock),
    )


def _administration(
    client: ImagenClient,
    outside: Outside,
    *,
    office: Office,
    book: WordBook,
    snapshots: Snapshots,
    config: Config,
    catalog: Catalog,
    texts: Texts,
) -> tuple[commands.Cog, ...]:
    tree, clock, rulebook = client.tree, outside.clock, outside.rulebook
    rights = Rights(tree=tree, operator_ids=config.operators, clock=clock)
    panels = Panels(
        rulebook=rulebook, rights=rights, catalog=catalog, ceiling=config.safety_ceiling, texts=texts, clock=clock
    )
    usage = Usage(
        tree=tree,
        figures=UsageReader(snapshots, clock=clock),
        snapshots=snapshots,
        rulebook=rulebook,
        rights=rights,
        charts=Charts(),
        catalog=catalog,
        texts=texts,
        clock=clock,
    )
    return (
        rights,
        panels,
        Limits(tree=tree, panels=panels, texts=texts),
        Safety(tree=tree, panels=panels, rulebook=rulebook, rights=rights, texts=texts),
        Credits(tree=tree, extra=office.extra, rights=rights, texts=texts, clock=clock),
        Words(tree=tree, book=book, rights=rights, texts=texts, clock=clock),
        usage,
        _operator(tree, outside, office=office, config=config, texts=texts),
        _welcome(client, outside, rights=rights, catalog=catalog, texts=texts),
    )


def _operator(
    tree: app_commands.CommandTree[Any], outside: Outside, *, office: Office, config: Config, texts: Texts
) -> Operator:
    return Operator(
        tree=tree,
        operations=office.operations,
        operator_ids=config.operators,
        guild_ids=config.operator_guilds,
        memory=Memory(outside.db),
        texts=texts,
        clock=outside.clock,
    )


def _welcome(client: ImagenClient, outside: Outside, *, rights: Rights, catalog: Catalog, texts: Texts) -> Welcome:
    greeter = DiscordGreeter(client, rulebook=outside.rulebook, catalog=catalog, texts=texts)
    return Welcome(
        client,
        servers=Servers(db=outside.db, greeter=greeter, clock=outside.clock),
        greeter=greeter,
        rulebook=outside.rulebook,
        rights=rights,
        texts=texts,
        clock=outside.clock,
    )
