"""What a panel is, and what the engine asks of others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import discord
from discord import AppCommandType as Kind

from bot.admin.panel_text import Phrases
from bot.errors import ImagenError
from bot.rights import Rank
from bot.setting_fields import TargetKind
from bot.settings import Page, Setting, Settings
from cogs.panels.ids import Address


class Rights(Protocol):
    """Who may use which command, and with it what belongs to its panel."""

    async def allows(
        self, interaction: discord.Interaction, *, command: str, rank: Rank, kind: Kind = Kind.chat_input
    ) -> bool:
        """Tell it within a second or so; `kind` says whether it is a slash command or an entry of a menu."""
        ...


class Stale(ImagenError):
    """What was pressed is not known here: an older panel, a forged one, or a setting that is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The settings that one command shows, each on its own page. `title` and `refused` are message ids.

    `sheets` are its pages that show no settings; they come last.
    """

    command: str
    rank: Rank
    title: str
    refused: str
    settings: tuple[Setting[Any], ...]
    sheets: tuple[Page, ...] = ()

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages that have a setting, in the order of the settings, and then its sheets."""
        return (*dict.fromkeys(setting.page for setting in self.settings), *self.sheets)

    def on(self, page: Page) -> tuple[Setting[Any], ...]:
        return tuple(setting for setting in self.settings if setting.page is page)

    def setting(self, address: Address) -> Setting[Any]:
        """The setting that an address names; raises Stale where it is not on that page."""
        for setting in self.on(address.page):
            if setting.name == address.setting:
                return setting
        raise Stale(address.setting)


@dataclass(frozen=True, slots=True)
class Directory:
    """The roles and channels that a server has now: as discord.py was told, and as the interaction itself brings them."""

    guild: discord.Guild | None
    resolved: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, interaction: discord.Interaction) -> "Directory":
        data: Mapping[str, Any] = interaction.data or {}
        return cls(interaction.guild, data.get("resolved") or {})

    def has(self, kind: TargetKind, target_id: int) -> bool:
        """Whether the server has it; of a server that we were not told of (yet), everything is taken to be there."""
        if self.guild is None or not self.guild.roles:
            return True
        return self._found(kind, target_id) is not None or str(target_id) in self.resolved.get(f"{kind.value}s", {})

    def plain_name(self, kind: TargetKind, target_id: int) -> str | None:
        """Its name for places that know no mentions, such as the lines of a menu."""
        found = self._found(kind, target_id)
        return None if found is None else found.name

    def is_age_restricted(self, channel_id: int) -> bool:
        """Whether Discord keeps minors out of this channel, as far as it is known."""
        found = self._found(TargetKind.CHANNEL, channel_id)
        return found is not None and bool(getattr(found, "nsfw", False))

    def may_post(self, channel_id: int) -> bool:
        """Whether the bot may post in this channel, as far as it is known."""
        found = None if self.guild is None else self.guild.get_channel(channel_id)
        if self.guild is None or found is None or self.guild.me is None:
            return True
        given = found.permissions_for(self.guild.me)
        return given.view_channel and given.send_messages

    def _found(self, kind: TargetKind, target_id: int) -> discord.Role | discord.abc.GuildChannel | None:
        if self.guild is None:
            return None
        return self.guild.get_role(target_id) if kind is TargetKind.ROLE else self.guild.get_channel(target_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where an editor works: one setting at one place of a panel, for one person.

    `ceiling` is the operator's bound for safety levels, a safety_filter_level; `settings` are those of the server, where
    they are at hand.
    """

    setting: Setting[Any]
    address: Address
    phrases: Phrases
    directory: Directory
    ceiling: str
    settings: Settings | None = None

    def custom_id(self, act: str, rest: str = "") -> str:
        return self.address.doing(act, self.setting.name, rest).custom_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person did: `picked` in a menu which showed the ids `shown` as picked before, or `filled` into a form."""

    act: str
    rest: str = ""
    picked: Sequence[str] = ()
    shown: frozenset[int] = frozenset()
    filled: Mapping[str, Sequence[str]]

    def field(self, name: str) -> str:
        """What was filled into a field; raises Stale where the form has no such field, or nothing is in it."""
        try:
            (value,) = self.filled[name]
        except (KeyError, ValueError):
            raise Stale(name) from None
        return value
