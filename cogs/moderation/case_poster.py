"""Shows the cards of cases: words in a container, and below them the buttons, whose custom_ids say all that they mean."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import discord
from discord import ui

from bot.moderation.case_card import CaseButton, CaseCard
from bot.moderation.cases import Act
from cogs.delivery_errors import as_delivery_errors
from cogs.moderation.case_ids import CaseAddress, Press, read_case_address
from cogs.widgets import ACCENTS, NOBODY, fitted

CALL_S = 60.0
# As many as Discord gives in one answer: half of them from before an instant, half from after it.
LOOK_AROUND_MESSAGES = 101
_STYLES = {
    "secondary": discord.ButtonStyle.secondary,
    "danger": discord.ButtonStyle.danger,
    "success": discord.ButtonStyle.success,
}


def view_of(card: CaseCard, *, id: int, of_request: bool) -> ui.LayoutView:  # noqa: A002 - what CaseAddress calls it
    """The card as a message. `id` is what its buttons carry: a request's interaction id, or a case's."""
    items: list[ui.Item[ui.LayoutView]] = [
        ui.TextDisplay(text) for text in fitted((card.title, *card.lines, f"-# {card.small}" if card.small else ""))
    ]
    if card.rows:
        items.append(ui.Separator())
    items += [ui.ActionRow(*(_button(each, id, of_request) for each in row)) for row in card.rows]
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*items, accent_colour=ACCENTS[card.accent]))
    # What is pressed comes to the cog as everything does; discord.py keeps nothing of it.
    view.stop()
    return view


def _button(button: CaseButton, id_: int, of_request: bool) -> ui.Button[Any]:  # noqa: FBT001 - as view_of has it
    if button.link is not None:
        return ui.Button(label=button.label, url=button.link)
    custom_id = CaseAddress(_does(button.does), id_, of_request=of_request).custom_id()
    return ui.Button(label=button.label, custom_id=custom_id, style=_STYLES[button.style])


def _does(value: str) -> Act | Press:
    return Act(value) if value in set(Act) else Press(value)


class DiscordCasePoster:
    """The CasePoster of bot/moderation/case_log.py. `client` is logged in; it need not be connected to the gateway.

    `call_s` is how many seconds one call may take, discord.py's own retries included.
    """

    def __init__(self, client: discord.Client, *, call_s: float = CALL_S) -> None:
        self._client = client
        self._call_s = call_s

    async def post(self, card: CaseCard, *, guild_id: int, channel_id: int, case_id: int) -> int:
        """Post it; Discord answers with the same message if a post with this nonce got through a moment ago."""
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        with as_delivery_errors():
            async with asyncio.timeout(self._call_s):
                # discord.py asks Discord to enforce every nonce.
                message = await channel.send(
                    view=view_of(card, id=case_id, of_request=False), nonce=f"case-{case_id}", allowed_mentions=NOBODY
                )
        return message.id

    async def edit(self, card: CaseCard, *, guild_id: int, channel_id: int, message_id: int, case_id: int) -> None:
        """Make the message look like this."""
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        with as_delivery_errors():
            async with asyncio.timeout(self._call_s):
                await channel.get_partial_message(message_id).edit(
                    view=view_of(card, id=case_id, of_request=False), allowed_mentions=NOBODY
                )

    async def find(self, *, guild_id: int, channel_id: int, case_id: int, posting_ms: int) -> int | None:
        """The bot's own message about then whose buttons carry this case."""
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        about = discord.Object(discord.utils.time_snowflake(datetime.fromtimestamp(posting_ms / 1000, UTC)))
        with as_delivery_errors():
            async with asyncio.timeout(self._call_s):
                async for message in channel.history(limit=LOOK_AROUND_MESSAGES, around=about):
                    if self._is_own(message) and case_id in _case_ids(message.components):
                        return message.id
        return None

    def locale(self, guild_id: int) -> str | None:
        guild = self._client.get_guild(guild_id)
        return None if guild is None else str(guild.preferred_locale)

    def _is_own(self, message: discord.Message) -> bool:
        return self._client.user is not None and message.author.id == self._client.user.id


def _case_ids(components: Iterable[discord.Component]) -> Iterator[int]:
    """The cases that the buttons of a message are about."""
    for component in components:
        if isinstance(component, discord.Container | discord.ActionRow):
            yield from _case_ids(component.children)
        elif isinstance(component, discord.Button) and component.custom_id is not None:
            address = read_case_address(component.custom_id)
            if address is not None and not address.of_request:
                yield address.id
