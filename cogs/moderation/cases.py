"""The door that everything about cases comes through: buttons of the log, of private panels and of refusals, and forms.

As for panels, nothing is registered with discord.py: a custom_id says what is done to which case or request, and who may
do it is judged anew each time. It names no server, so that a case of another server is not known where it is pressed.
"""

from functools import partial
from typing import assert_never

from discord.ext import commands

from bot.moderation.cases import Act
from bot.rights import Rank
from cogs.answers import Answer
from cogs.ids import custom_id_of
from cogs.moderation.bench import Bench
from cogs.moderation.case_evidence import Evidence
from cogs.moderation.case_ids import PREFIX, CaseAddress, Press, read_case_address
from cogs.moderation.case_review import Review, is_private
from cogs.moderation.case_voices import Voices
from cogs.serving import Interaction, Wrong

# What members press and send; all else is for moderators.
OF_MEMBERS = frozenset({Press.APPEAL, Press.SEND_APPEAL, Press.REPORT, Press.SEND_REPORT})
OPENS_FORM = frozenset({Press.APPEAL, Press.REPORT})


class Cases(commands.Cog):
    """Answers whatever is pressed or sent about a case."""

    def __init__(self, *, review: Review, voices: Voices, evidence: Evidence, bench: Bench) -> None:
        self._review = review
        self._voices = voices
        self._evidence = evidence
        self._bench = bench

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        custom_id = custom_id_of(interaction)
        if not custom_id.startswith(PREFIX):
            return
        address = read_case_address(custom_id)
        does = None if address is None else address.does
        await self._bench.serve(
            interaction,
            partial(self._do, interaction, address),
            rank=Rank.MEMBER if does is None or does in OF_MEMBERS else Rank.MODERATOR,
            opens_form=does in OPENS_FORM,
            # Of all acts this one alone stands below a question, which only who asked it sees.
            of_question=does is Act.DELETE_ALL and is_private(interaction),
        )

    async def _do(self, interaction: Interaction, address: CaseAddress | None) -> Answer:
        if address is None:
            raise Wrong("moderation.stale")
        match address.does:
            case Act():
                answer = await self._review.act(interaction, address, address.does)
            case Press.CONFIRM_ALL:
                answer = await self._review.ask(interaction, address)
            case Press.HISTORY:
                answer = await self._review.history_at(interaction, address)
            case Press.EVIDENCE:
                answer = await self._evidence.show(interaction, address)
            case Press.APPEAL:
                answer = await self._voices.open_appeal(interaction, address)
            case Press.SEND_APPEAL:
                answer = await self._voices.appeal(interaction, address)
            case Press.REPORT:
                answer = await self._voices.open_report(interaction, address)
            case Press.SEND_REPORT:
                answer = await self._voices.report(interaction, address)
            case _:
                assert_never(address.does)
        return answer
