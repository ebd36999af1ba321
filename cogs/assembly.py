"""How the cogs are put together: each is handed what it works with, and knows nothing else."""

from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.admin.assembly import Office
from bot.admin.servers import Servers
from bot.admin.usage import Snapshots, UsageReader
from bot.admin.wordbook import WordBook
from bot.asking.draft_book import DraftBook
from bot.asking.forms import Forms
from bot.catalog import Catalog
from bot.charts.process import Charts
from bot.config import Config
from bot.finding.placing import Placing
from bot.moderation.case_text import CaseWriter
from bot.moderation.docket import Docket
from bot.offers import offers
from bot.store.meta import Memory
from bot.text import Texts
from bot.tracker.assembly import Outside
from bot.tracker.tracker import Tracker
from cogs.asking.asking import Asking
from cogs.asking.assembly import asking_cogs
from cogs.asking.drafts import Drafts
from cogs.asking.first_note import FirstNote
from cogs.cards.assembly import CardKit, card_cogs
from cogs.client import ImagenClient
from cogs.credits import Credits
from cogs.errors import Errors
from cogs.finding.assembly import finding_cogs
from cogs.greeter import DiscordGreeter
from cogs.limits import Limits
from cogs.me import Me
from cogs.members import Members
from cogs.message_menus import MessageMenus
from cogs.moderation.bench import Bench
from cogs.moderation.case_evidence import Evidence
from cogs.moderation.case_review import Review
from cogs.moderation.case_voices import Voices
from cogs.moderation.cases import Cases
from cogs.moderation.command import Moderation
from cogs.operator.command import Operator
from cogs.panels.door import Panels
from cogs.places import PERSONAL, Places
from cogs.privacy import PrivacyRights
from cogs.rights import Rights
from cogs.safety import Safety
from cogs.sight import Sight
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
    docket: Docket,
    snapshots: Snapshots,
    config: Config,
    catalog: Catalog,
    texts: Texts,
) -> None:
    """Give the client everything that people can do."""
    rights = Rights(tree=client.tree, operator_ids=config.operators, clock=outside.clock)
    for cog in (
        rights,
        *_everyday(
            client,
            outside,
            tracker=tracker,
            docket=docket,
            rights=rights,
            office=office,
            config=config,
            catalog=catalog,
            texts=texts,
        ),
        *_administration(
            client,
            outside,
            office=office,
            book=book,
            rights=rights,
            snapshots=snapshots,
            config=config,
            catalog=catalog,
            texts=texts,
        ),
        *_moderation(client.tree, outside, docket=docket, rights=rights, catalog=catalog, texts=texts),
    ):
        await client.add_cog(cog)
    making = {offer.command for offer in offers(catalog)}
    _places(config).offer(client.tree, PERSONAL | making)


def _places(config: Config) -> Places:
    return Places(direct_messages=config.direct_messages, user_install=config.user_install)


def _everyday(
    client: ImagenClient,
    outside: Outside,
    *,
    tracker: Tracker,
    docket: Docket,
    rights: Rights,
    office: Office,
    config: Config,
    catalog: Catalog,
    texts: Texts,
) -> tuple[commands.Cog, ...]:
    tree, clock, rulebook, ceiling = client.tree, outside.clock, outside.rulebook, config.safety_ceiling
    words: dict[str, Any] = {"catalog": catalog, "texts": texts}
    note = FirstNote(told=office.privacy, retention=office.retention, texts=texts)
    asking = Asking(tracker=tracker, first_note=note, texts=texts, clock=clock, places=_places(config))
    book = DraftBook(db=outside.db, clock=clock)
    judged: dict[str, Any] = {"rulebook": rulebook, "allowances": office.allowances, "ceiling": ceiling}
    drafts = Drafts(asking=asking, rights=rights, book=book, clock=clock, **judged, **words)
    placing = Placing(
        db=outside.db, rulebook=rulebook, judge=outside.judge, catalog=catalog, ceiling=ceiling, clock=clock
    )
    forms = Forms(drafts=book)
    cards = CardKit(tracker=tracker, docket=docket, asking=asking, questions=drafts, forms=forms, placing=placing)
    return (
        Errors(tree=tree, texts=texts),
        *asking_cogs(tree, outside, asking=asking, drafts=drafts, forms=forms, rights=rights, **words),
        *card_cogs(tree, outside, cards, rights=rights, **words),
        *finding_cogs(
            tree, outside, tracker=tracker, office=office, rights=rights, placing=placing, ceiling=ceiling, **words
        ),
        Me(
            tree=tree,
            allowances=office.allowances,
            members=Members(rights=rights, texts=texts),
            clock=clock,
            **words,
        ),
        PrivacyRights(tree=tree, privacy=office.privacy, retention=office.retention, texts=texts, clock=clock),
    )


def _administration(
    client: ImagenClient,
    outside: Outside,
    *,
    office: Office,
    book: WordBook,
    rights: Rights,
    snapshots: Snapshots,
    config: Config,
    catalog: Catalog,
    texts: Texts,
) -> tuple[commands.Cog, ...]:
    tree, clock, rulebook = client.tree, outside.clock, outside.rulebook
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
        panels,
        Limits(tree=tree, panels=panels, texts=texts),
        Safety(tree=tree, panels=panels, rulebook=rulebook, rights=rights, texts=texts),
        Credits(tree=tree, extra=office.extra, rights=rights, texts=texts, clock=clock),
        Words(tree=tree, book=book, rights=rights, texts=texts, clock=clock),
        usage,
        _operator(tree, outside, office=office, config=config, texts=texts),
        _welcome(client, outside, rights=rights, catalog=catalog, texts=texts),
    )


def _moderation(
    tree: app_commands.CommandTree[Any],
    outside: Outside,
    *,
    docket: Docket,
    rights: Rights,
    catalog: Catalog,
    texts: Texts,
) -> tuple[commands.Cog, ...]:
    bench = Bench(rights=rights, texts=texts, clock=outside.clock)
    writer = CaseWriter(texts=texts, catalog=catalog)
    review = Review(docket=docket, writer=writer, bench=bench, catalog=catalog, texts=texts, clock=outside.clock)
    members = Members(rights=rights, texts=texts)
    voices = Voices(docket=docket, bench=bench, members=members, sight=Sight(db=outside.db), texts=texts)
    evidence = Evidence(docket=docket, gallery=outside.gallery, texts=texts)
    return (
        Cases(review=review, voices=voices, evidence=evidence, bench=bench),
        MessageMenus(tree=tree, docket=docket, review=review, voices=voices, bench=bench, members=members, texts=texts),
        Moderation(tree=tree, docket=docket, review=review, bench=bench, texts=texts, clock=outside.clock),
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
