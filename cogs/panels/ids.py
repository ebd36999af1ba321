"""What the custom_id of a panel's button, menu or form says: all that is known about it when it comes back."""

import re
from dataclasses import dataclass, replace

from bot.settings import Page

PREFIX = "panel:"
# Goes up when the meaning of any part changes; ids of other versions are told to open the panel again.
VERSION = 1
CUSTOM_ID_MAX = 100

# What can be done to a panel itself; everything else is the business of a setting's editor.
SHOW, TURN = "show", "page"
# Acts that open a form, with what counts now or with what was typed before, and the one that sends it.
FORM, AGAIN, SAVE = "form", "again", "save"
_SHAPE = re.compile(
    rf"panel:{VERSION}:([a-z-]{{1,32}}):([a-z]{{1,16}}):([0-9]{{1,3}})(?::([a-z]{{1,8}})(?::([a-z_]{{1,32}})(?::(.*))?)?)?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A place in a panel, and what is done there.

    `leaf` counts from 0: where a page has more than one message can hold, it is spread over several. `rest` is the
    editor's own; it may hold anything, what a person typed included.
    """

    panel: str
    page: Page
    leaf: int = 0
    act: str = SHOW
    setting: str = ""
    rest: str = ""

    @property
    def opens_form(self) -> bool:
        return self.act in {FORM, AGAIN}

    def at(self, *, page: Page | None = None, leaf: int = 0) -> "Address":
        """A place in the same panel, where nothing is done yet."""
        return Address(panel=self.panel, page=page or self.page, leaf=leaf)

    def doing(self, act: str, setting: str = "", rest: str = "") -> "Address":
        """The same place, and something that is done there."""
        return replace(self, act=act, setting=setting, rest=rest)

    def custom_id(self) -> str:
        """As Discord takes it. Only what a person typed can be too long for it, and then its end is left out."""
        parts = [f"{PREFIX}{VERSION}", self.panel, self.page.value, str(self.leaf)]
        if self.act != SHOW:
            parts += [self.act, *([self.setting] if self.setting else []), *([self.rest] if self.rest else [])]
        return ":".join(parts)[:CUSTOM_ID_MAX]


def read_address(custom_id: str) -> Address | None:
    """What a custom_id says, or None where this version does not know it."""
    found = _SHAPE.fullmatch(custom_id)
    if found is None or found[2] not in tuple(Page):
        return None
    return Address(
        panel=found[1],
        page=Page(found[2]),
        leaf=int(found[3]),
        act=found[4] or SHOW,
        setting=found[5] or "",
        rest=found[6] or "",
    )
