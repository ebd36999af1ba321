"""What Discord shows: cards and notices as Components V2, inside the limits of one message."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import discord
from discord import ui

from bot.markdown import ELLIPSIS
from bot.ports import Card, CardButton, CardImage
from cogs.cards.ids import CardAddress

TEXT_CHARACTERS_MAX = 4_000
# Discord answers 500 above about 10,170: the UTF-8 bytes of all texts and 12 for each.
TEXT_BYTES_MAX = 10_000
TEXT_OVERHEAD_BYTES = 12
# Of the 40 components one message may have; the rest is left for the container, the gallery with its ten images, and two
# rows of five buttons.
TEXTS_MAX = 16
ALT_CHARACTERS_MAX = 1_024

NOBODY = discord.AllowedMentions.none()
ACCENTS = {
    "waiting": discord.Colour(0x5865F2),
    "done": discord.Colour(0x57A773),
    "failed": discord.Colour(0xC4554D),
}
_STYLES = {
    "primary": discord.ButtonStyle.primary,
    "secondary": discord.ButtonStyle.secondary,
    "danger": discord.ButtonStyle.danger,
}


def _over(texts: list[str]) -> int:
    """By how much the texts are too long, in characters or in bytes, whichever is worse; not above 0 if they fit."""
    characters = sum(len(text) for text in texts)
    size_bytes = sum(len(text.encode()) + TEXT_OVERHEAD_BYTES for text in texts)
    return max(characters - TEXT_CHARACTERS_MAX, size_bytes - TEXT_BYTES_MAX)


def fitted(texts: Iterable[str]) -> list[str]:
    """The texts as one message takes them: the longest is cut with … until all of them fit."""
    kept = [text for text in texts if text][:TEXTS_MAX]
    while (over := _over(kept)) > 0:
        longest = max(range(len(kept)), key=lambda number: len(kept[number].encode()))
        room = max(0, len(kept[longest]) - over - 1)
        kept[longest] = kept[longest][:room].rstrip(" \\") + ELLIPSIS
    return kept


def _gallery(images: Iterable[CardImage]) -> ui.MediaGallery[ui.LayoutView]:
    return ui.MediaGallery(
        *(
            discord.MediaGalleryItem(
                f"attachment://{image.filename}",
                description=image.alt[:ALT_CHARACTERS_MAX] or None,
                spoiler=image.spoiler,
            )
            for image in images
        )
    )


def card_view(card: Card, *, mention: str = "") -> ui.LayoutView:
    """The card as a message; `mention` stands above it, so that it can call the person whose card it is."""
    small = f"-# {card.small}" if card.small else ""
    # What is cut away when there are too many texts is the end of the list.
    texts = fitted((mention, small, card.title, *card.lines))
    call = [texts.pop(0)] if mention else []
    last = [texts.pop(0)] if small else []
    items: list[ui.Item[ui.LayoutView]] = [ui.TextDisplay(text) for text in texts]
    if card.images:
        items.append(_gallery(card.images))
    items += [ui.TextDisplay(text) for text in last]
    items += [ui.ActionRow(*(_button(each, card.interaction_id) for each in row)) for row in card.rows]
    view = ui.LayoutView(timeout=None)
    for text in call:
        view.add_item(ui.TextDisplay(text))
    view.add_item(ui.Container(*items, accent_colour=ACCENTS[card.accent]))
    # What its buttons mean stands in their ids; discord.py keeps nothing of a view that was stopped.
    view.stop()
    return view


def _button(button: CardButton, interaction_id: int) -> ui.Button[Any]:
    custom_id = CardAddress(button.does, interaction_id, button.arg).custom_id()
    return ui.Button(label=button.label, custom_id=custom_id, style=_STYLES[button.style])


def notice(text: str) -> ui.LayoutView:
    """A few words to one person, in the form of a card, so that either can replace the other."""
    return boxed([ui.TextDisplay(text)], accent=ACCENTS["failed"])


def words_view(text: str, *, accent: str, buttons: Sequence[ui.Item[Any]] = ()) -> ui.LayoutView:
    """Words in a container; `accent` is a name of cogs/widgets.py's palette. Up to five buttons stand below them."""
    view = boxed([ui.TextDisplay(text)], accent=ACCENTS[accent])
    if buttons:
        view.add_item(ui.ActionRow(*buttons))
    return view


def sheet(paragraphs: Iterable[str]) -> ui.LayoutView:
    """Paragraphs to read, with a line between each two of them."""
    container: ui.Container[ui.LayoutView] = ui.Container()
    for number, text in enumerate(fitted(paragraphs)):
        if number:
            container.add_item(ui.Separator())
        container.add_item(ui.TextDisplay(text))
    view = ui.LayoutView(timeout=None)
    return view.add_item(container)


def boxed(items: Iterable[ui.Item[Any]], *, accent: discord.Colour | None = None) -> ui.LayoutView:
    """The items as a message that fits; discord.py draws it and keeps nothing of it."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*items, accent_colour=accent))
    displays = [item for item in view.walk_children() if isinstance(item, ui.TextDisplay)]
    for display, words in zip(displays, fitted([display.content for display in displays]), strict=True):
        display.content = words
    view.stop()
    return view


def card_title(message: discord.Message) -> str:
    """The first text of a card that was posted, whoever is called above it; empty where the message is no card."""
    cards = (each for each in message.components if isinstance(each, discord.Container))
    texts = (item.content for card in cards for item in card.children if isinstance(item, discord.TextDisplay))
    return next(texts, "")


def hidden_images(message: discord.Message) -> int:
    """How many images of a card that was posted are behind a spoiler."""
    galleries = (item for item in _walk(message.components) if isinstance(item, discord.MediaGalleryComponent))
    return sum(item.spoiler for gallery in galleries for item in gallery.items)


def small_print(message: discord.Message) -> str:
    """The last text of a card that was posted; empty where there is none."""
    texts = [item.content for item in _walk(message.components) if isinstance(item, discord.TextDisplay)]
    return texts[-1] if texts else ""


def attachment_ids(message: discord.Message) -> dict[str, int]:
    """The ids of a message's files by name: from its attachments, and from the galleries that show them."""
    shown = {
        item.media.url.split("?", maxsplit=1)[0].rsplit("/", maxsplit=1)[-1]: item.media.attachment_id
        for gallery in _walk(message.components)
        if isinstance(gallery, discord.MediaGalleryComponent)
        for item in gallery.items
        if item.media.attachment_id is not None
    }
    return shown | {attachment.filename: attachment.id for attachment in message.attachments}


def _walk(components: Iterable[discord.Component]) -> Iterator[discord.Component]:
    for component in components:
        yield component
        if isinstance(component, discord.Container):
            yield from _walk(component.children)
