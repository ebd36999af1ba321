"""`/defaults`: what a member has left out of all their images, and in which shape, where a command does not say it."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import partial
from typing import Any, assert_never

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.asking.edits import NEGATIVE, SHAPE
from bot.asking.habits import Habits
from bot.asking.preset_form import shapes_of
from bot.asking.preset_text import shown
from bot.asking.presets import values_of
from bot.catalog import Catalog
from bot.clock import Clock
from bot.fields import Text
from bot.text import Texts
from cogs.acknowledge import Patience
from cogs.answers import Answer, Form, Redraw
from cogs.asking.preset_view import UNSET, read_filled
from cogs.ids import custom_id_of
from cogs.members import Members
from cogs.serving import Do, Interaction, Serving, Wrong
from cogs.slash import CommandCog, slash
from cogs.widgets import ACCENTS, fitted

COMMAND = "defaults"
PREFIX = "defaults:"
# Goes up when the meaning of any part changes.
VERSION = 1
_SHAPE = re.compile(rf"{PREFIX}{VERSION}:([a-z_]{{1,16}})")
VALUE_CHARACTERS_MAX = 1_500
NEGATIVE_CHARACTERS_MAX = 1_000


class Press(StrEnum):
    """What is pressed, chosen or sent."""

    SHAPE = "shape"
    NEGATIVE = "negative"
    SEND_NEGATIVE = "send_negative"
    CLEAR = "clear"

    def custom_id(self) -> str:
        return f"{PREFIX}{VERSION}:{self.value}"


class Defaults(CommandCog):
    """One command, for everybody, about nobody else: a private panel."""

    def __init__(
        self,
        *,
        tree: app_commands.CommandTree[Any],
        habits: Habits,
        members: Members,
        catalog: Catalog,
        texts: Texts,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(tree, slash(COMMAND, self._use, texts=texts, words="defaults.command"))
        self._habits = habits
        self._members = members
        self._catalog = catalog
        self._texts = texts
        self._serving = Serving(texts=texts, clock=clock, patience=patience)

    async def _use(self, interaction: Interaction) -> None:
        await self._serve(interaction, partial(self._panel, interaction))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        custom_id = custom_id_of(interaction)
        if not custom_id.startswith(PREFIX):
            return
        found = _SHAPE.fullmatch(custom_id)
        if found is None or found[1] not in tuple(Press):
            await self._serving.serve(interaction, self._stale)
            return
        press = Press(found[1])
        await self._serve(interaction, partial(self._do, interaction, press), opens_form=press is Press.NEGATIVE)

    async def _serve(self, interaction: Interaction, do: Do, *, opens_form: bool = False) -> None:
        await self._serving.serve(interaction, self._members.may(interaction, COMMAND, do), opens_form=opens_form)

    async def _stale(self) -> Answer:
        raise Wrong("defaults.stale")

    async def _do(self, interaction: Interaction, press: Press) -> Answer:
        match press:
            case Press.NEGATIVE:
                return Form(await self._form(interaction))
            case Press.SHAPE:
                data: Mapping[str, Any] = interaction.data or {}
                picked = next(iter(data.get("values") or ()), UNSET)
                await self._set(interaction, SHAPE, "" if picked == UNSET else picked)
            case Press.SEND_NEGATIVE:
                await self._set(interaction, NEGATIVE, read_filled(interaction).negative_prompt.strip())
            case Press.CLEAR:
                for name in (NEGATIVE, SHAPE):
                    await self._set(interaction, name, "")
            case _:
                assert_never(press)
        return await self._panel(interaction)

    async def _set(self, interaction: Interaction, name: str, value: str) -> None:
        """Set it, or have the models' own count again where nothing is given; raises BadValue."""
        parsed = values_of({name: value}, self._catalog)[name] if value else None
        await self._habits.set_default(interaction.user.id, name, parsed)

    # ------------------------------------------------------------ what is seen

    async def _panel(self, interaction: Interaction) -> Answer:
        now = await self._habits.defaults(interaction.user.id)
        said = partial(self._texts, str(interaction.locale))
        paragraphs = [f"**{said('defaults.title')}**\n{said('defaults.how')}", *self._lines(said, now)]
        items: list[ui.Item[Any]] = [ui.TextDisplay(each) for each in fitted(paragraphs)]
        if ratios := shapes_of(self._catalog):
            items.append(ui.ActionRow(_menu(said, ratios, chosen=now.get(SHAPE))))
        buttons = [
            _button(Press.NEGATIVE, said("defaults.set.negative"), disabled=not self._takers(NEGATIVE)),
            _button(Press.CLEAR, said("defaults.clear"), disabled=not now),
        ]
        items.append(ui.ActionRow(*buttons))
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.Container(*items, accent_colour=ACCENTS["waiting"]))
        # What is pressed comes to the cog as everything does; discord.py keeps nothing of it.
        view.stop()
        return Redraw(view)

    def _lines(self, said: Any, now: Mapping[str, Any]) -> Iterator[str]:
        for name, label in ((NEGATIVE, "defaults.negative"), (SHAPE, "defaults.shape")):
            value = f"> {shown(str(now[name]), VALUE_CHARACTERS_MAX)}" if name in now else said("defaults.unset")
            takers = said("defaults.takers", models=", ".join(self._takers(name)))
            yield f"**{said(label)}**\n{value}\n-# {takers}"

    def _takers(self, name: str) -> list[str]:
        """The labels of the models that take an option."""
        return [model.label for model in self._catalog.models if model.enabled and model.field(name) is not None]

    async def _form(self, interaction: Interaction) -> ui.Modal:
        now = await self._habits.defaults(interaction.user.id)
        fields = (model.field(NEGATIVE) for model in self._catalog.models)
        most = min(NEGATIVE_CHARACTERS_MAX, max((each.high for each in fields if isinstance(each, Text)), default=1))
        said = partial(self._texts, str(interaction.locale))
        typing: ui.TextInput[ui.Modal] = ui.TextInput(
            custom_id=NEGATIVE,
            style=discord.TextStyle.paragraph,
            default=str(now.get(NEGATIVE, ""))[:most] or None,
            max_length=most,
            required=False,
        )
        modal = ui.Modal(title=said("defaults.form"), timeout=None, custom_id=Press.SEND_NEGATIVE.custom_id())
        modal.add_item(
            ui.Label(text=said("defaults.negative"), description=said("defaults.form.help"), component=typing)
        )
        # As above.
        modal.stop()
        return modal


def _menu(said: Any, ratios: list[str], *, chosen: str | None) -> ui.Select[Any]:
    labels = {UNSET: said("defaults.shape.unset"), **{ratio: ratio for ratio in ratios}}
    now = chosen if chosen in ratios else UNSET
    options = [
        discord.SelectOption(label=label[:100], value=value, default=value == now) for value, label in labels.items()
    ]
    return ui.Select(custom_id=Press.SHAPE.custom_id(), placeholder=said("defaults.shape"), options=options)


def _button(press: Press, label: str, *, disabled: bool) -> ui.Button[Any]:
    return ui.Button(label=label, custom_id=press.custom_id(), disabled=disabled)
