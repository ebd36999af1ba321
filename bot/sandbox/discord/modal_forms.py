"""The fields of a modal and of everything in it, with Discord's bounds."""

from typing import Any

from bot.sandbox.discord.component_forms import CUSTOM_ID, ID, SELECT_RULES, TEXT_DISPLAY_FORM, Component
from bot.sandbox.discord.errors import Errors, problem
from bot.sandbox.discord.forms import Rule, anything, both, by_field, flag, list_of, one_of, shape, text, whole

_TEXT_INPUT = shape(
    {"custom_id": CUSTOM_ID, "style": one_of([1, 2])},
    ID
    | {
        "label": text(least=1, most=45),
        "value": text(most=4000),
        "placeholder": text(most=100),
        "required": flag,
        "min_length": whole(least=0, most=4000),
        "max_length": whole(least=1, most=4000),
    },
)
_GROUP_OPTION = shape(
    {"label": text(least=1, most=100), "value": text(least=1, most=100)},
    {"description": text(most=100), "default": flag},
)
_UP_TO_TEN = {"min_values": whole(least=0, most=10), "max_values": whole(least=1, most=10), "required": flag}


def _enabled(value: Any) -> Errors:
    """Refuse a select that is turned off: there are none in modals."""
    if value.get("disabled"):
        return {"disabled": problem("COMPONENT_DISABLED_IN_MODAL", "A component in a modal cannot be disabled.")}
    return {}


_IN_LABEL: dict[int, Rule] = {
    **{kind: both(rule, _enabled) for kind, rule in SELECT_RULES.items()},
    Component.TEXT_INPUT: _TEXT_INPUT,
    Component.FILE_UPLOAD: shape({"custom_id": CUSTOM_ID}, ID | _UP_TO_TEN),
    Component.RADIO_GROUP: shape(
        {"custom_id": CUSTOM_ID, "options": list_of(_GROUP_OPTION, least=2, most=10)}, ID | {"required": flag}
    ),
    Component.CHECKBOX_GROUP: shape(
        {"custom_id": CUSTOM_ID, "options": list_of(_GROUP_OPTION, least=1, most=10)}, ID | _UP_TO_TEN
    ),
    Component.CHECKBOX: shape({"custom_id": CUSTOM_ID}, ID | {"default": flag}),
}
_LABEL = shape(
    {"label": text(least=1, most=45), "component": by_field("type", _IN_LABEL)},
    ID | {"description": text(least=1, most=100)},
)
_MODAL_ROW = shape(
    {
        "components": list_of(
            by_field("type", {Component.TEXT_INPUT: both(_TEXT_INPUT, shape({"label": anything}))}),
            least=1,
            most=1,
        )
    },
    ID,
)
MODAL = shape(
    {
        "custom_id": CUSTOM_ID,
        "title": text(least=1, most=45),
        "components": list_of(
            by_field(
                "type",
                {
                    Component.ACTION_ROW: _MODAL_ROW,
                    Component.LABEL: _LABEL,
                    Component.TEXT_DISPLAY: TEXT_DISPLAY_FORM,
                },
            ),
            least=1,
            # The description says 40; Discord's own clients draw five.
            most=5,
        ),
    }
)
