"""What somebody wants, whoever asks and wherever: by a command, a button or a form. Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.jobs import Request


@dataclass(frozen=True, slots=True)
class Ask:
    """A request without its place and its person.

    `models` are keys, several for a comparison; `values` the options as given, `prompt` among them. `parent_id` is the
    request that it was made from; with `expand` each `{a|b}` in the prompt means one image for each choice.
    """

    command: str
    models: tuple[str, ...]
    values: Mapping[str, Any]
    private: bool
    spoiler: bool
    parent_id: int | None = None
    expand: bool = False

    @classmethod
    def of(cls, request: Request) -> "Ask":
        """What was wanted with this request."""
        return cls(
            command=request.command,
            models=request.all_models,
            values=dict(request.values),
            private=request.private,
            spoiler=request.spoiler,
            parent_id=request.parent_id,
            expand=request.expand,
        )


def ask_json(ask: Ask) -> str:
    """The text that `ask_of` reads."""
    return json.dumps(asdict(ask))


def ask_of(text: str) -> Ask:
    """The ask of a text that `ask_json` wrote."""
    fields = json.loads(text)
    return Ask(**fields | {"models": tuple(fields["models"])})
