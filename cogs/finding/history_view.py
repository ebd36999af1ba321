"""A page of `/history` as a message, and the form that says what to look for."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot.fields import Text
from bot.finding.histories import Found
from bot.finding.history import DATE, WORDS
from bot.finding.history_text import HistoryText
from bot.store.history import COUNT_MAX, Cursor, Made
from cogs.answers import Enclosed
from cogs.finding.history_ids import EVERY_MODEL, EVERYTHING, FAVOURITES, Act, Spot, anew
from cogs.widgets import ACCENTS, ALT_CHARACTERS_MAX, fitted

# Discord takes 25 entries; two are for all models, and for one that is not offered any more.
MODELS_MAX = 23
Thumb = tuple[Made, Enclosed, str]


def page_view(
    text: HistoryText, found: Found, spot: Spot, *, thumbs: Sequence[Thumb], absent: Sequence[str]
) -> ui.LayoutView:
    """The page; `thumbs` are its pictures with their alt texts, `absent` says of each row why it has none, or nothing."""
    rows = found.page.rows
    if not rows:
        return _view([ui.TextDisplay(text.nothing(spot.wanted)), _turning(text, found, spot)])
    lines = [
        text.row(number, made, absent=why) for number, (made, why) in enumerate(zip(rows, absent, strict=True), start=1)
    ]
    head, *listed = fitted([text.head(spot.wanted, found=found.count, count_max=COUNT_MAX), *lines])
    items: list[ui.Item[Any]] = [ui.TextDisplay(head)]
    if thumbs:
        items.append(_gallery(thumbs))
    items.append(ui.TextDisplay("\n".join(listed)))
    items.append(ui.ActionRow(_menu(text, rows, spot)))
    items.append(_turning(text, found, spot))
    return _view(items)


def wanted_form(text: HistoryText, spot: Spot) -> ui.Modal:
    """What to look for, filled in with what is looked for now."""
    wanted = spot.wanted
    modal = ui.Modal(title=text("history.form"), timeout=None, custom_id=spot.custom_id(Act.SAVE))
    modal.add_item(_typing(text("history.form.words"), WORDS, wanted.words, text("history.form.words.help")))
    modal.add_item(ui.Label(text=text("history.form.model"), component=_models(text, wanted.model)))
    modal.add_item(_typing(text("history.form.date"), DATE, wanted.date, text("history.form.date.help")))
    liked: ui.RadioGroup[ui.Modal] = ui.RadioGroup(
        custom_id="favourites",
        options=[
            discord.RadioGroupOption(label=text("history.form.all"), value=EVERYTHING, default=not wanted.favourites),
            discord.RadioGroupOption(
                label=text("history.form.favourites"), value=FAVOURITES, default=wanted.favourites
            ),
        ],
    )
    modal.add_item(ui.Label(text=text("history.form.which"), component=liked))
    modal.stop()
    return modal


def _view(items: Iterable[ui.Item[Any]]) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*items, accent_colour=ACCENTS["waiting"]))
    # What is pressed comes to the cog as everything does; discord.py keeps nothing of a view that was stopped.
    view.stop()
    return view


def _gallery(thumbs: Sequence[Thumb]) -> ui.MediaGallery[Any]:
    return ui.MediaGallery(
        *(
            discord.MediaGalleryItem(
                f"attachment://{enclosed.filename}",
                description=alt[:ALT_CHARACTERS_MAX],
                spoiler=made.request.spoiler,
            )
            for made, enclosed, alt in thumbs
        )
    )


def _menu(text: HistoryText, rows: Sequence[Made], spot: Spot) -> ui.Select[Any]:
    options = [
        discord.SelectOption(
            label=text.label(number, made.request),
            value=str(made.request.interaction_id),
            description=text.described(made),
        )
        for number, made in enumerate(rows, start=1)
    ]
    return ui.Select(custom_id=spot.custom_id(Act.OPEN), placeholder=text("history.open"), options=options)


def _turning(text: HistoryText, found: Found, spot: Spot) -> ui.ActionRow[Any]:
    page = found.page
    return ui.ActionRow(
        ui.Button(
            label=text("history.newest"), custom_id=anew(spot).custom_id(Act.NEWEST), disabled=page.newer is None
        ),
        _turn(text("history.newer"), Act.NEWER, spot, page.newer),
        _turn(text("history.older"), Act.OLDER, spot, page.older),
        ui.Button(
            label=text("history.search"),
            custom_id=spot.custom_id(Act.FORM),
            style=discord.ButtonStyle.primary,
        ),
    )


def _turn(label: str, act: Act, spot: Spot, to: Cursor | None) -> ui.Button[Any]:
    return ui.Button(label=label, custom_id=replace(spot, at=to).custom_id(act), disabled=to is None)


def _typing(label: str, field: Text, value: str, help_text: str) -> ui.Label[ui.Modal]:
    typing: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id=field.name, default=value or None, max_length=field.high, required=False
    )
    return ui.Label(text=label, description=help_text, component=typing)


def _models(text: HistoryText, chosen: str) -> ui.Select[ui.Modal]:
    """The models that are, or were, offered; one that the page is of is always among them."""
    offered = {model.key: model.label for model in text.catalog.models[:MODELS_MAX]}
    models = {EVERY_MODEL: text("history.form.any_model")} | offered
    if chosen:
        models[chosen] = text.model(chosen)
    return ui.Select(
        custom_id="model",
        required=False,
        min_values=0,
        options=[
            discord.SelectOption(label=label, value=key, default=key == (chosen or EVERY_MODEL))
            for key, label in models.items()
        ],
    )
