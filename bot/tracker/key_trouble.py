"""The operator's key is refused: nothing is submitted until Segmind accepts it again, and the operator is told once."""

from bot.jobs import Outcome
from bot.tracker.alerts import Alerts
from bot.tracker.availability import Availability


class KeyTrouble:
    """Whoever asks Segmind for anything says here that the key was refused."""

    def __init__(self, *, availability: Availability, alerts: Alerts) -> None:
        self._availability = availability
        self._alerts = alerts

    async def rejected(self) -> None:
        """Stop, unless nothing is submitted anyway; bot/tracker/recovering.py finds out when it is over."""
        if self._availability.stopped is None:
            self._availability.stop(Outcome.NOT_AVAILABLE)
            await self._alerts.tell("key_rejected")

    async def doubted(self) -> None:
        """One question about a running job was refused: the operator is told, unless they know; submits go on."""
        if self._availability.stopped is None:
            await self._alerts.tell("key_doubted")
