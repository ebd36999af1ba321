"""Beginning a preset with a card: its prompt and options, for whoever may see the card."""

from dataclasses import dataclass
from typing import Any

from bot.asking.presets import PART, takes
from bot.cards.failures import words_blocked
from bot.catalog import OWN_OPTIONS, PROMPT, Catalog
from bot.finding.history import id_of_ref
from bot.jobs import Request
from bot.store import jobs
from bot.store.database import Database
from cogs.serving import Interaction, Wrong
from cogs.sight import can_see

_OWN = frozenset((PROMPT.name, *(option.name for option in OWN_OPTIONS)))


@dataclass(frozen=True, slots=True)
class PresetSource:
    """What a card was made of, as a preset holds it."""

    prompt: str
    values: dict[str, Any]


class PresetSources:
    """Looks cards up by their short names."""

    def __init__(self, *, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._catalog = catalog

    async def of_card(self, interaction: Interaction, ref: str) -> PresetSource:
        """What to begin with; raises Wrong where there is no such card for this person here, or its prompt is forgotten.

        That is a member's own, and public ones of channels that they see, but for those whose words were blocked or AutoMod
        hides.
        """
        number = id_of_ref(ref)
        found = None if number is None else await jobs.request(self._db, number)
        if found is None or not await self._is_seen(found[0], interaction) or found[0].removed is not None:
            raise Wrong("preset.no_card")
        request = found[0]
        if not request.prompt:
            raise Wrong("preset.card_forgotten")
        if len(request.prompt) > PART.high:
            raise Wrong("preset.card_long", high=PART.high)
        return PresetSource(request.prompt, dict(self._options(request)))

    def _options(self, request: Request) -> Any:
        for name, value in request.values.items():
            if name not in _OWN and any(takes(model, name, value) for model in self._catalog.models):
                yield name, value

    async def _is_seen(self, request: Request, interaction: Interaction) -> bool:
        if request.user_id == interaction.user.id:
            return True
        if request.private or request.hide_words or request.guild_id != interaction.guild_id:
            return False
        if words_blocked(request, await jobs.jobs_of(self._db, request.interaction_id)):
            return False
        return await can_see(interaction, channel_id=request.channel_id, place_id=request.place_id)
