"""One REST call as a handler sees it, and which handler a path leads to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.sandbox.discord.calls import Upload
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.errors import invalid_form, problem, unknown_route


class Access(StrEnum):
    """Who may call a route, and which limits count."""

    BOT = "bot"  # needs the bot's token, under the global limit
    OPEN = "open"  # needs nothing
    INTERACTION = "interaction"  # the path holds an interaction's token


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What one call brings."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    payload: Any
    uploads: tuple[Upload, ...] = ()

    def id(self, name: str) -> int:
        """Return an id of the path; raises 50035 where it is none."""
        value = self.params[name]
        if not value.isdecimal():
            said = problem("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
            raise invalid_form({name: said})
        return int(value)

    def fields(self) -> dict[str, Any]:
        """Return the payload as an object; raises 50035 where it is none."""
        if self.payload is None:
            return {}
        if not isinstance(self.payload, dict):
            raise invalid_form(problem("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"))
        return self.payload

    def asks_for(self, name: str) -> bool:
        """Tell whether a switch of the query is on."""
        return self.query.get(name, "").lower() in ("1", "true")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and its JSON; None is an empty body."""

    status: int = 200
    body: Any = None


NO_CONTENT = Answer(204)

Handler = Callable[[Core, Exchange], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    template: str
    handler: Handler
    access: Access = Access.BOT
    segments: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "segments", tuple(self.template.strip("/").split("/")))

    def match(self, segments: list[str]) -> dict[str, str] | None:
        """Return the parameters of a path, or None where it is another's."""
        params: dict[str, str] = {}
        for own, given in zip(self.segments, segments, strict=True):
            if own.startswith("{"):
                params[own[1:-1]] = given
            elif own != given:
                return None
        return params


class Router:
    """Finds the route of a call; of several that match, the one with the fewest parameters."""

    def __init__(self, routes: list[Route]) -> None:
        self._routes: dict[tuple[str, int], list[Route]] = {}
        for route in sorted(routes, key=lambda each: each.template.count("{")):
            self._routes.setdefault((route.method, len(route.segments)), []).append(route)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """Return route and parameters; raises a 404."""
        segments = path.strip("/").split("/")
        for route in self._routes.get((method, len(segments)), ()):
            params = route.match(segments)
            if params is not None:
                return route, params
        raise unknown_route()
