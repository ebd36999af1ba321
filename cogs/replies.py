"""The address of an interaction's reply, in words that outlive the process."""

import json
from dataclasses import asdict, dataclass

import discord


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """All that it takes to edit a reply, for fifteen minutes, from any process."""

    application_id: int
    interaction_id: int
    token: str

    @classmethod
    def of(cls, interaction: discord.Interaction) -> "Reply":
        return cls(application_id=interaction.application_id, interaction_id=interaction.id, token=interaction.token)

    @classmethod
    def from_json(cls, text: str) -> "Reply":
        return cls(**json.loads(text))

    def to_json(self) -> str:
        return json.dumps(asdict(self))
