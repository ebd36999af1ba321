"""A page of a panel as one message, within Discord's limits however many settings and entries there are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import discord
from discord import ui

from bot.admin.panel_text import Phrases
from bot.settings import Page, Settings
from cogs.panels.editors import editor_of
from cogs.panels.editors.base import LABEL_MAX, Block, Item
from cogs.panels.ids import AGAIN, SAVE, TURN, Address
from cogs.panels.panel import Directory, Given, Panel, Spot
from cogs.widgets import ACCENTS, boxed

# Of the 40 components of a message, 10 are the frame's: container, title, menu of pages with its row, a line between,
# and the line, row and two buttons that turn leaves, with one to spare.
COMPONENTS_MAX = 30
# The rest of the 4,000 characters, and of the bytes that Discord bears, is for the title and what was just changed.
CHARACTERS_MAX, BYTES_MAX = 3_000, 7_500
TITLE_MAX = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Which panel is shown, in whose words, for which server, under which bound for safety levels."""

    panel: Panel
    phrases: Phrases
    directory: Directory
    ceiling: str

    def spot(self, address: Address) -> Spot:
        """Where the setting of an address is worked on; raises Stale where the panel has none such there."""
        return Spot(
            setting=self.panel.setting(address),
            address=address,
            phrases=self.phrases,
            directory=self.directory,
            ceiling=self.ceiling,
        )


def draw(view: View, settings: Settings, address: Address, *, note: str = "") -> ui.LayoutView:
    """The page of settings at an address, with a line that says what was just changed."""
    spots = [
        replace(view.spot(address.doing("", setting.name)), settings=settings)
        for setting in view.panel.on(address.page)
    ]
    blocks = [block for spot in spots for block in editor_of(spot.setting).blocks(spot, settings[spot.setting])]
    return draw_blocks(view, blocks, address, note=note)


def draw_blocks(view: View, blocks: Sequence[Block], address: Address, *, note: str = "") -> ui.LayoutView:
    """The blocks as the page at an address; past the last leaf, the last one."""
    leaves = spread(blocks)
    leaf = min(address.leaf, len(leaves) - 1)
    items: list[Item] = [ui.TextDisplay(_title(view, note)), ui.ActionRow(_pages(view, address))]
    for block in leaves[leaf]:
        items += [ui.Separator(), *block.items]
    if len(leaves) > 1:
        items += _turning(view.phrases, address, leaf=leaf, of=len(leaves))
    return boxed(items)


def notice_with_retry(phrases: Phrases, words: str, *, again: Address) -> ui.LayoutView:
    """What was wrong with what was filled in, and a button that opens the form again with all that was typed."""
    style = discord.ButtonStyle.primary
    retry: ui.Button[ui.LayoutView] = ui.Button(
        label=phrases("panel.again")[:LABEL_MAX], style=style, custom_id=again.custom_id()
    )
    return boxed([ui.TextDisplay(words), ui.ActionRow(retry)], accent=ACCENTS["failed"])


def form(view: View, address: Address, settings: Settings | None) -> ui.Modal:
    """The form for the setting of an address; raises Stale where it has none. Without `settings`, nothing is filled in."""
    spot = view.spot(address)
    value = None if settings is None else settings[spot.setting]
    given = Given(act=address.act, rest=address.rest, filled={})
    modal = ui.Modal(title=view.phrases.name(spot.setting)[:TITLE_MAX], timeout=None, custom_id=spot.custom_id(SAVE))
    for field in editor_of(spot.setting).form(spot, value, given):
        modal.add_item(field)
    # What is sent comes to the door as everything does; discord.py keeps nothing of a form that was stopped.
    modal.stop()
    return modal


def again(spot: Spot, given: Given) -> Address:
    """Where to open the form again, as it was filled in; raises Stale where it was not a form."""
    return spot.address.doing(AGAIN, spot.setting.name, editor_of(spot.setting).typed(given))


def spread(blocks: Sequence[Block]) -> list[list[Block]]:
    """The blocks over as few leaves as hold them, at least one; a leaf has one block of each setting at most."""
    leaves: list[list[Block]] = [[]]
    for block in blocks:
        there = leaves[-1]
        if there and not _fits([*there, block]):
            leaves.append([block])
        else:
            there.append(block)
    return leaves


def _fits(blocks: Sequence[Block]) -> bool:
    texts = [text for block in blocks for text in block.texts]
    return (
        len({block.setting for block in blocks}) == len(blocks)
        and sum(block.components + 1 for block in blocks) <= COMPONENTS_MAX
        and sum(map(len, texts)) <= CHARACTERS_MAX
        and sum(len(text.encode()) for text in texts) <= BYTES_MAX
    )


def _title(view: View, note: str) -> str:
    title = f"## {view.phrases(view.panel.title)}"
    return f"{title}\n{note}" if note else title


def _pages(view: View, address: Address) -> ui.Select[ui.LayoutView]:
    options = [
        discord.SelectOption(label=page_name(view.phrases, page), value=page.value, default=page is address.page)
        for page in view.panel.pages
    ]
    return ui.Select(custom_id=address.doing(TURN).custom_id(), options=options)


def page_name(phrases: Phrases, page: Page) -> str:
    return phrases(f"page.{page.value}")


def _turning(phrases: Phrases, address: Address, *, leaf: int, of: int) -> list[Item]:
    """Which leaf this is, and buttons to those beside it."""
    before: ui.Button[ui.LayoutView] = ui.Button(
        label=phrases("panel.previous"), custom_id=address.at(leaf=max(leaf - 1, 0)).custom_id(), disabled=leaf == 0
    )
    after: ui.Button[ui.LayoutView] = ui.Button(
        label=phrases("panel.next"), custom_id=address.at(leaf=leaf + 1).custom_id(), disabled=leaf + 1 == of
    )
    line: ui.TextDisplay[ui.LayoutView] = ui.TextDisplay(phrases("panel.leaf", number=leaf + 1, of=of))
    return [ui.Separator(), line, ui.ActionRow(before, after)]
