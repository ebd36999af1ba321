"""The fields of every component, in messages and in modals, with Discord's bounds."""

from enum import IntEnum
from typing import Any

from bot.sandbox.discord.errors import Errors, problem
from bot.sandbox.discord.forms import (
    Rule,
    both,
    by_field,
    flag,
    list_of,
    one_of,
    shape,
    snowflake,
    text,
    whole,
)


class Component(IntEnum):
    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


class ButtonStyle(IntEnum):
    PRIMARY = 1
    SECONDARY = 2
    SUCCESS = 3
    DANGER = 4
    LINK = 5
    PREMIUM = 6


SELECTS = frozenset(
    {
        Component.STRING_SELECT,
        Component.USER_SELECT,
        Component.ROLE_SELECT,
        Component.MENTIONABLE_SELECT,
        Component.CHANNEL_SELECT,
    }
)
# What the defaults of a select can be.
_DEFAULT_TYPES: dict[Component, list[str]] = {
    Component.USER_SELECT: ["user"],
    Component.ROLE_SELECT: ["role"],
    Component.MENTIONABLE_SELECT: ["user", "role"],
    Component.CHANNEL_SELECT: ["channel"],
}
INT32 = 2**31 - 1

ID: dict[str, Rule] = {"id": whole(least=0, most=INT32)}
CUSTOM_ID = text(least=1, most=100)
_URL = r"^(https?|discord)://[^\s]+$"
_MEDIA_URL = r"^(https?|attachment)://[^\s]+$"
_EMOJI = shape({}, {"id": snowflake, "name": text(most=32), "animated": flag})
_ALT_TEXT = text(least=1, most=1024)
_MEDIA = shape({"url": text(most=2048, pattern=_MEDIA_URL)})
_UPLOADED = shape({"url": text(most=2048, pattern=r"^attachment://[^\s]+$")})


def _button_extras(value: Any) -> Errors:
    """Check what depends on a button's style."""
    style, has = value["style"], {name for name in ("custom_id", "url", "sku_id") if value.get(name) is not None}
    match style:
        case ButtonStyle.LINK:
            needed = "url"
        case ButtonStyle.PREMIUM:
            needed = "sku_id"
        case _:
            needed = "custom_id"
    if needed not in has:
        return {needed: problem("BASE_TYPE_REQUIRED", "This field is required")}
    if has != {needed}:
        name = min(has - {needed})
        return {name: problem("BUTTON_COMPONENT_INVALID_FIELD", f"A button of style {style} has no {name}.")}
    if style != ButtonStyle.PREMIUM and not value.get("label") and not value.get("emoji"):
        return problem("BUTTON_COMPONENT_CANNOT_HAVE_EMPTY_LABEL_AND_EMOJI", "A button has a label, an emoji or both.")
    return {}


_BUTTON = both(
    shape(
        {"style": one_of([int(style) for style in ButtonStyle])},
        ID
        | {
            "custom_id": CUSTOM_ID,
            "label": text(most=80),
            "url": text(most=512, pattern=_URL),
            "sku_id": snowflake,
            "emoji": _EMOJI,
            "disabled": flag,
        },
    ),
    _button_extras,
)
_CHOICES = {"min_values": whole(least=0, most=25), "max_values": whole(least=1, most=25), "required": flag}
_SELECT = ID | _CHOICES | {"placeholder": text(most=150), "disabled": flag}
_OPTION = shape(
    {"label": text(least=1, most=100), "value": text(least=1, most=100)},
    {"description": text(most=100), "default": flag, "emoji": _EMOJI},
)


def _option_extras(value: Any) -> Errors:
    seen = [option["value"] for option in value["options"]]
    if len(seen) != len(set(seen)):
        return {"options": problem("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is used.")}
    if (value.get("max_values") or 1) > len(seen) or (value.get("min_values") or 0) > len(seen):
        return {"max_values": problem("SELECT_COMPONENT_OPTIONS_INVALID", "There are fewer options than that.")}
    return {}


def _defaults(types: list[str]) -> Rule:
    return list_of(shape({"id": snowflake, "type": one_of(types)}), most=25)


def _default_extras(value: Any) -> Errors:
    """Defaults are none, or as many as may be picked."""
    count, least, most = len(value.get("default_values") or ()), value.get("min_values"), value.get("max_values")
    if count and not (1 if least is None else least) <= count <= (most or 1):
        said = "The number of default values is not one that can be picked."
        return {"default_values": problem("SELECT_COMPONENT_DEFAULT_VALUES_INVALID", said)}
    return {}


SELECT_RULES: dict[int, Rule] = {
    Component.STRING_SELECT: both(
        shape({"custom_id": CUSTOM_ID, "options": list_of(_OPTION, least=1, most=25)}, _SELECT), _option_extras
    ),
    **{
        kind: both(
            shape(
                {"custom_id": CUSTOM_ID},
                _SELECT
                | {"default_values": _defaults(types), "channel_types": list_of(whole(least=0, most=99), most=20)},
            ),
            _default_extras,
        )
        for kind, types in _DEFAULT_TYPES.items()
    },
}


def _row_extras(value: Any) -> Errors:
    selects = [each for each in value["components"] if each["type"] in SELECTS]
    if selects and len(value["components"]) > 1:
        return {"components": problem("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A select fills its row.")}
    return {}


_ROW_ITEMS = by_field("type", {Component.BUTTON: _BUTTON, **SELECT_RULES})
ACTION_ROW = both(shape({"components": list_of(_ROW_ITEMS, least=1, most=5)}, ID), _row_extras)
TEXT_DISPLAY_FORM = shape({"content": text(least=1, most=4000)}, ID)
_THUMBNAIL = shape({"media": _MEDIA}, ID | {"description": _ALT_TEXT, "spoiler": flag})
_SECTION = shape(
    {
        "components": list_of(by_field("type", {Component.TEXT_DISPLAY: TEXT_DISPLAY_FORM}), least=1, most=3),
        "accessory": by_field("type", {Component.BUTTON: _BUTTON, Component.THUMBNAIL: _THUMBNAIL}),
    },
    ID,
)
_GALLERY_ITEM = shape({"media": _MEDIA}, {"description": _ALT_TEXT, "spoiler": flag})
_IN_CONTAINER: dict[int, Rule] = {
    Component.ACTION_ROW: ACTION_ROW,
    Component.SECTION: _SECTION,
    Component.TEXT_DISPLAY: TEXT_DISPLAY_FORM,
    Component.MEDIA_GALLERY: shape({"items": list_of(_GALLERY_ITEM, least=1, most=10)}, ID),
    Component.FILE: shape({"file": _UPLOADED}, ID | {"spoiler": flag}),
    Component.SEPARATOR: shape({}, ID | {"divider": flag, "spacing": one_of([1, 2])}),
}
_CONTAINER = shape(
    {"components": list_of(by_field("type", _IN_CONTAINER), least=1, most=40)},
    ID | {"accent_color": whole(least=0, most=0xFFFFFF), "spoiler": flag},
)

# The two ways a message may hold components: with the Components V2 flag, and without it.
V2_COMPONENTS = list_of(by_field("type", {**_IN_CONTAINER, Component.CONTAINER: _CONTAINER}), most=40)
LEGACY_COMPONENTS = list_of(by_field("type", {Component.ACTION_ROW: ACTION_ROW}), most=5)
