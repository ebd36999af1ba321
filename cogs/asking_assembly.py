"""How the commands that make images are put together, with what people keep for them."""

from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.catalog import Catalog
from bot.habits import Habits
from bot.offers import offers
from bot.text import Texts
from bot.tracker.assembly import Outside
from cogs.asking import Asking
from cogs.compare import Compare
from cogs.defaults import Defaults
from cogs.drafts import Drafts
from cogs.imagen import Imagen
from cogs.members import Members
from cogs.preset_names import PresetNames
from cogs.preset_sources import PresetSources
from cogs.presets import Presets
from cogs.rights import Rights
from cogs.starting import Starter


def asking_cogs(
    tree: app_commands.CommandTree[Any],
    outside: Outside,
    *,
    asking: Asking,
    drafts: Drafts,
    rights: Rights,
    catalog: Catalog,
    texts: Texts,
) -> tuple[commands.Cog, ...]:
    """The commands, what asks before they cost much, presets, and members' own defaults."""
    shared: dict[str, Any] = {"catalog": catalog, "texts": texts, "clock": outside.clock}
    habits = Habits(db=outside.db, catalog=catalog, clock=outside.clock)
    members = Members(rights=rights, texts=texts)
    names = PresetNames(habits=habits, texts=texts)
    sources = PresetSources(db=outside.db, catalog=catalog)
    starter = Starter(habits=habits, asking=asking, drafts=drafts, members=members, **shared)
    return (
        Imagen(tree=tree, offers=offers(catalog), run=starter.start, suggest=names.suggest, texts=texts),
        Compare(tree=tree, habits=habits, drafts=drafts, names=names, members=members, **shared),
        drafts,
        Presets(tree=tree, habits=habits, sources=sources, names=names, rights=rights, members=members, **shared),
        Defaults(tree=tree, habits=habits, members=members, **shared),
    )
