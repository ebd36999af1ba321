"""What a line of the table says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.permissions.uses import Use, Who


@dataclass(frozen=True, kw_only=True)
class At:
    """What lines are about: `id` is what was made for this one use, the others are Aquarium's.

    `words` is a file as it is uploaded with a command. `upload` puts one into a form, where it is wanted, and returns what
    Discord tells of it; `file` is its id.
    """

    id: int
    guild: int
    channel: int
    role: int
    owner: int
    bystander: int
    words: tuple[str, bytes]
    upload: Callable[[], Mapping[str, Any]]

    @cached_property
    def uploaded(self) -> Mapping[str, Any]:
        return self.upload()

    @property
    def file(self) -> str:
        return self.uploaded["id"]

    @property
    def resolved(self) -> Mapping[str, Any]:
        return {"attachments": {self.file: self.uploaded}}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One way to use something. `name` is a command, or a family of custom ids and an act.

    `needs` names what is made for each use (things.py). `may` are let through; all others are told one of `refused`,
    which are message ids. `writes` is the table in which something changes then, and `done` what is said then, where either is to
    be seen. A stranger who is let through, is so in their own server: nothing of Aquarium's may change.
    """

    name: str
    use: Callable[[At], Use]
    may: frozenset[Who]
    refused: tuple[str, ...] = ()
    needs: str = ""
    writes: str = ""
    done: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.needs})" if self.needs else self.name


HERE = frozenset({Who.OWNER, Who.MEMBER, Who.MODERATOR, Who.ADMINISTRATOR, Who.OPERATOR})
EVERYBODY = frozenset(Who)
# In servers; a stranger in their own.
IN_SERVERS = HERE | {Who.STRANGER}
MODERATORS = frozenset({Who.MODERATOR, Who.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Who.ADMINISTRATOR})
# Stan runs his own server, so that he is both there.
MODERATORS_AND_ABROAD = MODERATORS | {Who.STRANGER}
ADMINISTRATORS_AND_ABROAD = ADMINISTRATORS | {Who.STRANGER}
OPERATORS = frozenset({Who.OPERATOR})
OWNER = frozenset({Who.OWNER})
