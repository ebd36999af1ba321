"""`/preset`: prompt parts and options under a name, which members keep for themselves and moderators for their server."""

from collections.abc import Mapping
from functools import partial
from typing import Any, assert_never

from discord import app_commands
from discord.ext import commands

from bot.asking.habits import Habits
from bot.asking.preset_text import PresetText, pages_of
from bot.asking.presets import NAME, Kind, Preset, name_of, part_of, values_of
from bot.asking.value_lines import read_lines
from bot.catalog import Catalog
from bot.clock import Clock
from bot.rights import Rank
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.asking.preset_names import PresetNames
from cogs.asking.preset_sources import PresetSources
from cogs.asking.preset_view import (
    NEGATIVE,
    PREFIX,
    SHAPE,
    Press,
    Typed,
    filled_with,
    in_lines,
    list_view,
    read_filled,
    read_preset_address,
    save_form,
)
from cogs.members import Members
from cogs.moderation.bench import NAME as MODERATION
from cogs.operator.options import Wrong, localised
from cogs.panels.answers import Answer, Form, Redraw, Tell
from cogs.panels.panel import Rights
from cogs.panels.reading import custom_id_of
from cogs.places import SERVERS_ONLY
from cogs.serving import Do, Interaction, Serving
from cogs.widgets import sheet

COMMAND = "preset"
Name = app_commands.Range[str, NAME.low, NAME.high]
# As they are completed, with whose they are.
Known = app_commands.Range[str, 1, 40]
Reference = app_commands.Range[str, 1, 20]


class Presets(commands.Cog):
    """A group of commands, the form that keeps a preset, and the buttons that turn pages. Each use is judged here."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        habits: Habits,
        sources: PresetSources,
        names: PresetNames,
        rights: Rights,
        members: Members,
        catalog: Catalog,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        self._tree = tree
        self._habits = habits
        self._sources = sources
        self._names = names
        self._rights = rights
        self._members = members
        self._catalog = catalog
        self._texts = texts
        self._serving = Serving(texts=texts, clock=clock, patience=patience)
        self._group = self._commands()

    async def cog_load(self) -> None:
        self._tree.add_command(self._group)

    async def cog_unload(self) -> None:
        self._tree.remove_command(COMMAND)

    def _commands(self) -> app_commands.Group:
        group = app_commands.Group(
            name=COMMAND,
            description=localised(self._texts, "preset.command"),
            **SERVERS_ONLY,
        )

        async def save(interaction: Interaction, name: Name, *, server: bool = False, card: Reference = "") -> None:
            await self._serve(interaction, partial(self._open, interaction, name, card, server=server), opens_form=True)

        async def show(interaction: Interaction, name: Known) -> None:
            await self._serve(interaction, partial(self._show, interaction, name))

        async def list_all(interaction: Interaction) -> None:
            await self._serve(interaction, partial(self._list, interaction, 0))

        async def delete(interaction: Interaction, name: Known) -> None:
            await self._serve(interaction, partial(self._delete, interaction, name))

        options = {"name": "preset.option.name", "server": "preset.option.server", "card": "preset.option.card"}
        self._add(group, "save", save, "preset.command.save", options)
        self._add(group, "list", list_all, "preset.command.list", {})
        for name, callback, words in (
            ("show", show, "preset.command.show"),
            ("delete", delete, "preset.command.delete"),
        ):
            self._add(group, name, callback, words, {"name": "preset.option.known"}).autocomplete("name")(
                self._names.suggest
            )
        return group

    def _add(
        self, group: app_commands.Group, name: str, callback: Any, message_id: str, options: Mapping[str, str]
    ) -> app_commands.Command[Any, ..., None]:
        described = {option: localised(self._texts, words) for option, words in options.items()}
        command: app_commands.Command[Any, ..., None] = app_commands.Command(
            name=name,
            description=localised(self._texts, message_id),
            callback=app_commands.describe(**described)(callback),
        )
        group.add_command(command)
        return command

    # ------------------------------------------------------------ answering

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        if not custom_id_of(interaction).startswith(PREFIX):
            return
        address = read_preset_address(interaction)
        if address is None:
            await self._serve(interaction, self._stale)
            return
        match address.does:
            case Press.PAGE:
                await self._serve(interaction, partial(self._list, interaction, address.page))
            case Press.SAVE:
                await self._serve(interaction, partial(self._save, interaction, address.kind, address.name))
            case _:
                assert_never(address.does)

    async def _serve(self, interaction: Interaction, do: Do, *, opens_form: bool = False) -> None:
        await self._serving.serve(interaction, self._members.may(interaction, COMMAND, do), opens_form=opens_form)

    async def _stale(self) -> Answer:
        raise Wrong("preset.stale")

    async def _judge(self, interaction: Interaction, kind: Kind) -> None:
        """Raise Wrong where this person may not change presets of this kind: the server's are for its moderators.

        Who these are is what counts for `/moderation`: a server that lets everybody use `/preset` lets them use it for
        themselves.
        """
        if kind is Kind.GUILD and not await self._rights.allows(interaction, command=MODERATION, rank=Rank.MODERATOR):
            raise Wrong("preset.moderators")

    def _text(self, interaction: Interaction) -> PresetText:
        return PresetText(self._texts, str(interaction.locale))

    # ------------------------------------------------------------ what each does

    async def _open(self, interaction: Interaction, name: str, card: str, *, server: bool) -> Answer:
        """The form, filled in with the card, or with what there is under this name."""
        kind = Kind.GUILD if server else Kind.USER
        await self._judge(interaction, kind)
        name = name_of(name)
        if card:
            source = await self._sources.of_card(interaction, card)
            typed = filled_with(source.prompt, source.values, self._catalog)
        else:
            known = await self._find(interaction, f"{kind.value}:{name}")
            same = known if known is not None and known.kind is kind else None
            typed = filled_with(same.prompt, same.values, self._catalog) if same else filled_with("", {}, self._catalog)
        return Form(save_form(self._text(interaction), typed, kind=kind, name=name, catalog=self._catalog))

    async def _save(self, interaction: Interaction, kind: Kind, name: str) -> Answer:
        await self._judge(interaction, kind)
        typed = read_filled(interaction)
        values = values_of(self._given(typed), self._catalog)
        prompt = part_of(typed.prompt)
        if not prompt and not values:
            raise Wrong("preset.empty")
        before = await self._find(interaction, f"{kind.value}:{name}")
        kept = await self._habits.keep(
            kind,
            name_of(name),
            prompt=prompt,
            values=values,
            guild_id=interaction.guild_id or 0,
            user_id=interaction.user.id,
        )
        if not kept:
            raise Wrong("preset.full.server" if kind is Kind.GUILD else "preset.full.own", most=kind.most)
        found = await self._find(interaction, f"{kind.value}:{name}")
        said = self._saved(interaction, before if before is not None and before.kind is kind else None)
        return Tell(sheet([said, *(self._text(interaction).whole(found) if found is not None else ())]))

    def _saved(self, interaction: Interaction, before: Preset | None) -> str:
        """That it is kept, and where there was one of this name that it is no more."""
        text = self._text(interaction)
        return text("preset.saved") if before is None else text("preset.replaced", name=text.name(before))

    def _given(self, typed: Typed) -> dict[str, Any]:
        """The options of a form; raises Wrong for a line that says none."""
        lines = read_lines(typed.lines, in_lines(self._catalog))
        if lines.faults:
            fault = lines.faults[0]
            names = ", ".join(f"`{field.name}`" for field in in_lines(self._catalog))
            raise Wrong("preset.bad_line", line=fault.line, typed=fault.typed.replace("`", ""), names=names)
        inputs = {NEGATIVE: typed.negative_prompt.strip(), SHAPE: typed.shape}
        return {**{name: value for name, value in inputs.items() if value}, **lines.values}

    async def _find(self, interaction: Interaction, name: str) -> Preset | None:
        return await self._habits.find(name, guild_id=interaction.guild_id or 0, user_id=interaction.user.id)

    async def _known(self, interaction: Interaction, name: str) -> Preset:
        """A preset that there is; raises Wrong."""
        found = await self._find(interaction, name)
        if found is None:
            raise Wrong("preset.unknown")
        return found

    async def _show(self, interaction: Interaction, name: str) -> Answer:
        return Tell(sheet(self._text(interaction).whole(await self._known(interaction, name))))

    async def _list(self, interaction: Interaction, page: int) -> Answer:
        found = await self._habits.presets(guild_id=interaction.guild_id or 0, user_id=interaction.user.id)
        text, pages = self._text(interaction), pages_of(found)
        page = min(page, pages - 1)
        return Redraw(list_view(text, text.page(found, page), page=page, pages=pages))

    async def _delete(self, interaction: Interaction, name: str) -> Answer:
        preset = await self._known(interaction, name)
        await self._judge(interaction, preset.kind)
        if not await self._habits.forget(preset):
            raise Wrong("preset.unknown")
        return self._serving.tell(interaction, "preset.deleted", name=self._text(interaction).name(preset))
