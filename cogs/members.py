"""What is for every member, unless their server does not let them: each use of it is judged, as moderators' are.

Discord judges the use of commands by itself. It is judged here once more, because nothing that comes in is taken for
granted, and because Discord judges no button, menu or form.
"""

from functools import partial

from discord import AppCommandType as Kind

from bot.command_names import shown_command
from bot.rights import Rank
from bot.text import FALLBACK, Texts
from cogs.answers import Answer
from cogs.panels.panel import Rights
from cogs.serving import Do, Interaction, Wrong


class Members:
    """Judges uses of what belongs to a command for everybody, or to an entry of a message's menu."""

    def __init__(self, *, rights: Rights, texts: Texts) -> None:
        self._rights = rights
        self._texts = texts

    def may(self, interaction: Interaction, command: str, do: Do) -> Do:
        """`do`, which raises Wrong where this person may not use the command."""
        return partial(self._judged, interaction, command, do)

    async def check(self, interaction: Interaction, command: str) -> None:
        """Raise Wrong where this person may not use the command."""
        if not await self._rights.allows(interaction, command=command, rank=Rank.MEMBER):
            shown = shown_command(self._texts, str(interaction.locale), command)
            raise Wrong("rights.refused", command=f"`{shown}`")

    async def check_menu(
        self, interaction: Interaction, entry: str, *, rank: Rank = Rank.MEMBER, refused: str = "rights.refused"
    ) -> None:
        """Raise Wrong with the message `refused` where this person may not use the entry that the message `entry` names."""
        # What it is called in English is the name that Discord knows it by.
        name = self._texts(FALLBACK, entry)
        if not await self._rights.allows(interaction, command=name, rank=rank, kind=Kind.message):
            raise Wrong(refused, command=f"**{self._texts(str(interaction.locale), entry)}**")

    async def _judged(self, interaction: Interaction, command: str, do: Do) -> Answer:
        await self.check(interaction, command)
        return await do()
