"""How the commands that make images are put together, with what people keep for them."""

from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.asking.forms import Forms
from bot.asking.habits import Habits
from bot.catalog import Catalog
from bot.offers import offers
from bot.text import Texts
from bot.tracker.assembly import Outside
from cogs.asking.asking import Asking
from cogs.asking.compare import Compare
from cogs.asking.defaults import Defaults
from cogs.asking.drafts import Drafts
from cogs.asking.imagen import Imagen
from cogs.asking.preset_names import PresetNames
from cogs.asking.preset_sources import PresetSources
from cogs.asking.presets import Presets
from cogs.asking.starting import Starter
from cogs.members import Members
from cogs.rights import Rights


def asking_cogs(
    tree: app_commands.CommandTree[Any],
    outside: Outside,
    *,
    asking: Asking,
    drafts: Drafts,
    forms: Forms,
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
        Presets(
            tree=tree,
            habits=habits,
            sources=sources,
            names=names,
            forms=forms,
            rights=rights,
            members=members,
            **shared,
        ),
        Defaults(tree=tree, habits=habits, members=members, **shared),
    )
