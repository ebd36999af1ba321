"""What members say about cases: a report of an image, and an appeal against a block of their own prompt."""

from bot.moderation.cases import Case
from bot.moderation.docket import Docket
from bot.moderation.reading import Reviewed
from bot.moderation.troubles import CaseGone, PrivateImage
from bot.text import Texts
from cogs.answers import Answer, Form
from cogs.members import Members
from cogs.moderation.bench import Bench, guild_id_of
from cogs.moderation.case_forms import appeal_form, read_reason, report_form
from cogs.moderation.case_ids import CaseAddress
from cogs.serving import Interaction, Wrong
from cogs.sight import Sight

# The name of the entry of a message's menu that this is about.
REPORT_MENU = "report.menu"


class Voices:
    """Opens the forms, and writes down what is sent. Whose case it is, is looked at both times."""

    def __init__(self, *, docket: Docket, bench: Bench, members: Members, sight: Sight, texts: Texts) -> None:
        self._docket = docket
        self._bench = bench
        self._members = members
        self._sight = sight
        self._texts = texts

    # ------------------------------------------------------------ reports

    def report_form(self, interaction: Interaction, reviewed: Reviewed) -> Answer:
        """The form about this image; raises PrivateImage, or Wrong where there is nothing to report any more."""
        if reviewed.private:
            raise PrivateImage
        if reviewed.looks.removed:
            raise Wrong("report.removed")
        return Form(report_form(self._texts, str(interaction.locale), request_id=reviewed.request.interaction_id))

    async def open_report(self, interaction: Interaction, address: CaseAddress) -> Answer:
        return self.report_form(interaction, await self._seen(interaction, address))

    async def report(self, interaction: Interaction, address: CaseAddress) -> Answer:
        await self._seen(interaction, address)
        await self._docket.report(
            guild_id=guild_id_of(interaction),
            interaction_id_of_request=address.id,
            by_id=interaction.user.id,
            reason=_reason(interaction),
            interaction_id=interaction.id,
        )
        return self._bench.tell(interaction, "report.sent")

    async def _seen(self, interaction: Interaction, address: CaseAddress) -> Reviewed:
        """The image, for whoever may report it; raises Wrong, and CaseGone where they see no such image."""
        await self._members.check_menu(interaction, REPORT_MENU)
        reviewed = None
        if address.of_request:
            reviewed = await self._docket.of_request(guild_id_of(interaction), address.id)
        if reviewed is None or not await self._sight.sees(interaction, reviewed.request):
            raise CaseGone
        return reviewed

    # ------------------------------------------------------------ appeals

    async def open_appeal(self, interaction: Interaction, address: CaseAddress) -> Answer:
        case = await self._own_case(interaction, address)
        await self._docket.check_appeal(case)
        return Form(appeal_form(self._texts, str(interaction.locale), case_id=case.case_id, private=case.private))

    async def appeal(self, interaction: Interaction, address: CaseAddress) -> Answer:
        case = await self._own_case(interaction, address)
        await self._docket.appeal(
            guild_id=case.guild_id, case_id=case.case_id, user_id=interaction.user.id, reason=_reason(interaction)
        )
        return self._bench.tell(interaction, "appeal.sent")

    async def _own_case(self, interaction: Interaction, address: CaseAddress) -> Case:
        """The case, which is about whoever pressed; others may see the button below a public refusal."""
        found = None if address.of_request else await self._docket.case(guild_id_of(interaction), address.id)
        if found is None:
            raise CaseGone
        if found.case.user_id != interaction.user.id:
            raise Wrong("appeal.not_yours")
        return found.case


def _reason(interaction: Interaction) -> str:
    reason = read_reason(interaction)
    if not reason:
        raise Wrong("moderation.reason.empty")
    return reason
