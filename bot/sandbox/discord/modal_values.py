"""What a person fills into a modal, checked as Discord's own client checks it, in the shape it is submitted."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.discord.command_options import CommandRejected, Resolved
from bot.sandbox.discord.component_forms import SELECTS, Component

Json = dict[str, Any]


def submitted(modal: Json, values: Mapping[str, Any], resolved: Resolved) -> list[Json]:
    """Return the components of a submission; `values` go by custom_id, what is left out keeps its default."""
    fields = [_field(component) for component in modal["components"]]
    known = {field["custom_id"] for field in fields if field}
    for custom_id in values:
        if custom_id not in known:
            raise CommandRejected(f"The modal has no field {custom_id!r}.")
    shown: list[Json] = []
    for number, (component, field) in enumerate(zip(modal["components"], fields, strict=True), start=1):
        base: Json = {"type": component["type"], "id": component.get("id") or number}
        if field is None:
            shown.append(base)
            continue
        inner = _filled(field, values.get(field["custom_id"]), resolved)
        inner["id"] = field.get("id") or 100 + number
        held = {"components": [inner]} if component["type"] == Component.ACTION_ROW else {"component": inner}
        shown.append(base | held)
    return shown


def _field(component: Json) -> Json | None:
    if component["type"] == Component.ACTION_ROW:
        return dict(component["components"][0])
    return dict(component["component"]) if component["type"] == Component.LABEL else None


def _filled(field: Json, value: Any, resolved: Resolved) -> Json:
    kind = Component(field["type"])
    shown: Json = {"type": int(kind), "custom_id": field["custom_id"]}
    match kind:
        case Component.TEXT_INPUT:
            return shown | {"value": _text(field, value)}
        case Component.CHECKBOX:
            return shown | {"value": bool(field.get("default") if value is None else value)}
        case Component.RADIO_GROUP:
            return shown | {"value": _radio(field, value)}
        case _:
            return shown | {"values": picked(field, value, resolved)}


def _text(field: Json, value: Any) -> str:
    text = str(field.get("value") or "") if value is None else str(value)
    required = field.get("required") is not False
    if not text and not required:
        return text
    least, most = field.get("min_length") or 0, field.get("max_length") or 4000
    if not max(least, 1 if required else 0) <= len(text) <= most:
        raise CommandRejected(f"{field['custom_id']!r} has {max(least, 1)} to {most} characters.")
    return text


def _radio(field: Json, value: Any) -> str | None:
    chosen = value if value is not None else next((o["value"] for o in field["options"] if o.get("default")), None)
    if chosen is None and field.get("required") is not False:
        raise CommandRejected(f"{field['custom_id']!r} is required.")
    if chosen is not None and chosen not in [option["value"] for option in field["options"]]:
        raise CommandRejected(f"{chosen!r} is not an option of {field['custom_id']!r}.")
    return chosen


def picked(field: Json, value: Any, resolved: Resolved) -> list[str]:
    """Return the values of a select or a group; raises CommandRejected outside its bounds."""
    kind, name = Component(field["type"]), field["custom_id"]
    values = [str(each) for each in (_untouched(field, resolved) if value is None else value)]
    _check_count(field, values)
    if kind in (Component.STRING_SELECT, Component.CHECKBOX_GROUP):
        for each in values:
            if each not in [option["value"] for option in field["options"]]:
                raise CommandRejected(f"{each!r} is not an option of {name!r}.")
    elif kind in SELECTS:
        _resolve(field, values, resolved)
    elif kind is Component.FILE_UPLOAD:
        for each in values:
            resolved.attachment(int(each))
    return values


def _untouched(field: Json, resolved: Resolved) -> list[str]:
    """What is picked already where a person leaves a field as it is; a default that is gone is not."""
    chosen = [option["value"] for option in field.get("options") or () if option.get("default")]
    defaults = [each for each in field.get("default_values") or () if resolved.knows(each["type"], int(each["id"]))]
    return chosen or [each["id"] for each in defaults]


def _check_count(field: Json, values: list[str]) -> None:
    name, most = field["custom_id"], field.get("max_values")
    high = most or (len(field["options"]) if field["type"] == Component.CHECKBOX_GROUP else 1)
    low = 1 if field.get("min_values") is None else field["min_values"]
    if not values and field.get("required") is False:
        return
    if not low <= len(values) <= high:
        raise CommandRejected(f"{name!r} takes {low} to {high} values.")
    if len(set(values)) != len(values):
        raise CommandRejected(f"{name!r} takes each value once.")


def _resolve(field: Json, values: list[str], resolved: Resolved) -> None:
    for each in map(int, values):
        match Component(field["type"]):
            case Component.USER_SELECT:
                resolved.user(each)
            case Component.ROLE_SELECT:
                resolved.role(each)
            case Component.CHANNEL_SELECT:
                resolved.channel(each, field.get("channel_types") or ())
            case _:
                resolved.mentionable(each)
