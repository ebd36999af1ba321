"""`/preset`: prompt parts and options under a name, which members keep for themselves and moderators for their server."""

from collections.abc import Mapping
from functools import partial
from typing import Any, assert_never

from discord import app_commands
from discord.ext import commands

from bot.asking.edits import PRESETS, Mistakes, Typed
from bot.asking.forms import Forms
from bot.asking.habits import Habits
from bot.asking.preset_form import filled_with, mistaken, read
from bot.asking.preset_text import PresetText, pages_of
from bot.asking.presets import NAME, BadPreset, Kind, Preset, name_of
from bot.asking.value_lines import Switch
from bot.catalog import Catalog
from bot.clock import Clock
from bot.rights import Rank
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import Answer, Form, Redraw, Tell
from cogs.asking.preset_names import PresetNames
from cogs.asking.preset_sources import PresetSources
from cogs.asking.preset_view import (
    PREFIX,
    PresetAddress,
    Press,
    list_view,
    read_filled,
    read_preset_address,
    save_form,
    wrong_view,
)
from cogs.cards.form import switch_of
from cogs.cards.mistakes import mistake_words
from cogs.ids import custom_id_of
from cogs.members import Members
from cogs.moderation.bench import NAME as MODERATION
from cogs.panels.panel import Rights
from cogs.places import home_id
from cogs.serving import Do, Interaction, Serving, Wrong
from cogs.slash import CommandCog, slash, slash_group
from cogs.widgets import sheet

COMMAND = "preset"
Name = app_commands.Range[str, NAME.low, NAME.high]
# As they are completed, with whose they are.
Known = app_commands.Range[str, 1, 40]
Reference = app_commands.Range[str, 1, 20]


class Presets(CommandCog):
    """A group of commands, the form that keeps a preset, and the buttons that turn pages. Each use is judged here."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        habits: Habits,
        sources: PresetSources,
        names: PresetNames,
        forms: Forms,
        rights: Rights,
        members: Members,
        catalog: Catalog,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(tree, self._commands(texts, names))
        self._habits = habits
        self._sources = sources
        self._forms = forms
        self._rights = rights
        self._members = members
        self._catalog = catalog
        self._texts = texts
        self._serving = Serving(texts=texts, clock=clock, patience=patience)

    def _commands(self, texts: Texts, names: PresetNames) -> app_commands.Group:
        async def save(interaction: Interaction, name: Name, *, server: bool = False, card: Reference = "") -> None:
            await self._serve(interaction, partial(self._open, interaction, name, card, server=server), opens_form=True)

        async def show(interaction: Interaction, name: Known) -> None:
            await self._serve(interaction, partial(self._show, interaction, name))

        async def list_all(interaction: Interaction) -> None:
            await self._serve(interaction, partial(self._list, interaction, 0))

        async def delete(interaction: Interaction, name: Known) -> None:
            await self._serve(interaction, partial(self._delete, interaction, name))

        options = {"name": "preset.option.name", "server": "preset.option.server", "card": "preset.option.card"}
        known = {"name": "preset.option.known"}
        parts = (
            slash("save", save, texts=texts, words="preset.command.save", options=options),
            slash("list", list_all, texts=texts, words="preset.command.list"),
            slash("show", show, texts=texts, words="preset.command.show", options=known),
            slash("delete", delete, texts=texts, words="preset.command.delete", options=known),
        )
        for part in parts[2:]:
            part.autocomplete("name")(names.suggest)
        return slash_group(COMMAND, *parts, texts=texts, words="preset.command")

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
            case Press.CORRECT:
                await self._serve(interaction, partial(self._correct, interaction, address), opens_form=True)
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
            typed = self._filled(interaction, source.prompt, source.values)
        else:
            typed = await self._as_kept(interaction, kind, name)
        return Form(save_form(self._text(interaction), typed, kind=kind, name=name, catalog=self._catalog))

    async def _as_kept(self, interaction: Interaction, kind: Kind, name: str) -> Typed:
        known = await self._find(interaction, f"{kind.value}:{name}")
        same = known if known is not None and known.kind is kind else None
        return self._filled(interaction, same.prompt, same.values) if same else self._filled(interaction, "", {})

    def _filled(self, interaction: Interaction, prompt: str, values: Mapping[str, Any]) -> Typed:
        return filled_with(prompt, values, self._catalog, switch=self._switch(interaction))

    def _switch(self, interaction: Interaction) -> Switch:
        return switch_of(self._texts, str(interaction.locale))

    async def _correct(self, interaction: Interaction, address: PresetAddress) -> Answer:
        """The form as it was sent; as it opens anew where that is not kept any more."""
        await self._judge(interaction, address.kind)
        member = {"guild_id": home_id(interaction), "user_id": interaction.user.id}
        typed = await self._forms.find(address.draft_id, of=PRESETS, **member)
        if typed is None:
            typed = await self._as_kept(interaction, address.kind, address.name)
        form = save_form(self._text(interaction), typed, kind=address.kind, name=address.name, catalog=self._catalog)
        return Form(form)

    async def _save(self, interaction: Interaction, kind: Kind, name: str) -> Answer:
        await self._judge(interaction, kind)
        parts = read(read_filled(interaction), self._catalog, switch=self._switch(interaction))
        if isinstance(parts, Mistakes):
            return await self._mistaken(interaction, kind, name, parts)
        before = await self._find(interaction, f"{kind.value}:{name}")
        kept = await self._habits.keep(
            kind,
            name_of(name),
            prompt=parts.prompt,
            values=parts.values,
            guild_id=interaction.guild_id or 0,
            user_id=interaction.user.id,
        )
        if not kept:
            full = BadPreset("preset.full.server" if kind is Kind.GUILD else "preset.full.own", most=kind.most)
            return await self._mistaken(interaction, kind, name, mistaken([full], self._catalog))
        found = await self._find(interaction, f"{kind.value}:{name}")
        said = self._saved(interaction, before if before is not None and before.kind is kind else None)
        return Tell(sheet([said, *(self._text(interaction).whole(found) if found is not None else ())]))

    def _saved(self, interaction: Interaction, before: Preset | None) -> str:
        """That it is kept, and where there was one of this name that it is no more."""
        text = self._text(interaction)
        return text("preset.saved") if before is None else text("preset.replaced", name=text.name(before))

    async def _mistaken(self, interaction: Interaction, kind: Kind, name: str, mistakes: Mistakes) -> Answer:
        """All that is wrong, and a button that opens the form again with all that was typed."""
        member = {"guild_id": home_id(interaction), "user_id": interaction.user.id}
        await self._forms.keep(read_filled(interaction), draft_id=interaction.id, of=PRESETS, **member)
        address = PresetAddress(Press.CORRECT, kind=kind, name=name, draft_id=interaction.id)
        words = mistake_words(mistakes, texts=self._texts, locale=str(interaction.locale), catalog=self._catalog)
        return Tell(wrong_view(self._text(interaction), words, address))

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
