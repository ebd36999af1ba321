"""Discord's own descriptions, as judges of what is sent and answered; tests skip where they are absent.

They are found in the directory that IMAGEN_DISCORD_SPECS names, or in ../shared/discord beside the checkout.
"""

import functools
import json
import os
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from bot.sandbox.discord.calls import Call

_DEFAULT = Path(__file__).parents[3] / "shared" / "discord"
_DIRECTORY = Path(os.environ.get("IMAGEN_DISCORD_SPECS") or _DEFAULT)

needs_specs = pytest.mark.skipif(
    not (_DIRECTORY / "openapi.json").exists(),
    reason="Discord's descriptions are absent; set IMAGEN_DISCORD_SPECS to check against them",
)


@functools.cache
def _openapi() -> dict[str, Any]:
    document = json.loads((_DIRECTORY / "openapi.json").read_text())
    # Clients send ids as numbers, too.
    schemas = document["components"]["schemas"]
    schemas["SnowflakeType"] = {"type": ["string", "integer"]}
    # The description has numbers for the codes within a 50035; Discord's documentation and Discord itself have words.
    schemas["InnerErrors"]["properties"]["_errors"]["items"] = {"required": ["code", "message"]}
    return document


# Fields that Discord sends and that the gateway's schemas, made from type declarations, do not know.
_CHANNEL_EXTRAS = {"permissions": {"type": "string"}}
_EXTRAS = {
    "APIMessage": {"guild_id": {"type": "string"}, "member": {"type": "object"}},
    "APIUnfurledMediaItem": {"id": {"type": "string"}},
}
_RESOLVED_CHANNEL_EXTRAS = {
    name: {}
    for name in (
        "flags", "guild_id", "last_message_id", "last_pin_timestamp", "nsfw", "parent_id", "position",
        "rate_limit_per_user", "topic", "owner_id", "member_count", "message_count", "total_message_sent",
    )
}  # fmt: skip
_COMPONENT_EXTRAS = {"id": {"type": "integer"}}


@functools.cache
def _gateway() -> dict[str, Any]:
    document = json.loads((_DIRECTORY / "gateway.schema.json").read_text())
    for name, schema in document["definitions"].items():
        if name.endswith("Flags"):
            # TypeScript's bit flags became "one of 1, 2, 4…", where any sum is meant.
            document["definitions"][name] = {"type": "integer"}
        properties = schema.get("properties", {})
        if name.startswith("APIInteractionDataResolvedChannel"):
            for each in (schema, *schema.get("anyOf", ())):
                each.get("properties", {}).update(_RESOLVED_CHANNEL_EXTRAS)
        properties.update(_EXTRAS.get(name, {}))
        if "component_type" in properties:
            properties.update(_COMPONENT_EXTRAS)
        properties.get("channel", {}).get("properties", {}).update(_CHANNEL_EXTRAS)
    return document


@functools.cache
def _validator(kind: str, pointer: str) -> Any:
    document = _openapi() if kind == "openapi" else _gateway()
    draft = jsonschema_rs.Draft202012 if kind == "openapi" else jsonschema_rs.Draft7
    registry = jsonschema_rs.Registry([("urn:described", document)], draft=draft)
    escaped = pointer.replace("{", "%7B").replace("}", "%7D").replace("<", "%3C").replace(">", "%3E")
    return jsonschema_rs.validator_for(
        {"$schema": _SCHEMAS[kind], "$ref": f"urn:described#{escaped}"}, registry=registry
    )


_SCHEMAS = {
    "openapi": "https://json-schema.org/draft/2020-12/schema",
    "gateway": "http://json-schema.org/draft-07/schema#",
}


def _errors(kind: str, pointer: str, value: Any) -> list[str]:
    found = _validator(kind, pointer).iter_errors(value)
    return [f"{'/'.join(map(str, each.instance_path))}: {each.message[:300]}" for each in found]


def _path_pointer(call: Call) -> str:
    return f"/paths/{call.route.replace('~', '~0').replace('/', '~1')}/{call.method.lower()}"


def request_errors(call: Call) -> list[str]:
    """Tell what Discord's description says against what the bot sent."""
    pointer = _path_pointer(call)
    operation = _openapi()["paths"][call.route][call.method.lower()]
    if call.payload is None or "requestBody" not in operation:
        return []
    return _errors("openapi", f"{pointer}/requestBody/content/application~1json/schema", call.payload)


def answer_errors(call: Call) -> list[str]:
    """Tell what Discord's description says against what the local Discord answered."""
    operation = _openapi()["paths"][call.route][call.method.lower()]
    described = operation["responses"]
    status = str(call.status) if str(call.status) in described else f"{call.status // 100}XX"
    if status not in described:
        return [f"status {call.status} is not one of {sorted(described)}"]
    pointer = f"{_path_pointer(call)}/responses/{status}"
    if shared := described[status].get("$ref"):
        pointer, described = (
            shared.removeprefix("#"),
            {status: _openapi()["components"]["responses"][Path(shared).name]},
        )
    if "content" not in described[status]:
        return [] if call.answer is None else ["an answer where none is described"]
    return _errors("openapi", f"{pointer}/content/application~1json/schema", call.answer)


_DEFINITIONS = {
    "READY": "GatewayReadyDispatchData",
    "GUILD_CREATE": "GatewayGuildCreateDispatchData",
    "MESSAGE_CREATE": "APIMessage",
    "MESSAGE_UPDATE": "APIMessage",
}
# Events whose data, or one field of it, is what REST answers as well.
_ANSWERED = {
    "APPLICATION_COMMAND_PERMISSIONS_UPDATE": ("CommandPermissionsResponse", None),
    "CHANNEL_DELETE": ("GuildChannelResponse", None),
    "GUILD_MEMBER_UPDATE": ("GuildMemberResponse", None),
    "GUILD_ROLE_UPDATE": ("GuildRoleResponse", "role"),
    "GUILD_UPDATE": ("GuildResponse", None),
}
_SLASH = "APIChatInputApplicationCommandInteraction"
_INTERACTIONS = {
    3: "APIMessageComponentInteraction",
    4: "APIApplicationCommandAutocompleteInteraction",
    5: "APIModalSubmitInteraction",
}


def event_errors(event: str, data: Any) -> list[str]:
    """Tell what the gateway's schemas say against an event; of those without a schema, nothing."""
    if event in _ANSWERED:
        schema, field = _ANSWERED[event]
        return _errors("openapi", f"/components/schemas/{schema}", data if field is None else data[field])
    name = _DEFINITIONS.get(event)
    if event == "INTERACTION_CREATE" and "target_id" in data["data"]:
        return _menu_errors(data)
    if event == "INTERACTION_CREATE":
        is_slash = data["type"] == 2 and data["data"]["type"] == 1
        name = _SLASH if is_slash else _INTERACTIONS.get(data["type"])
    return [] if name is None else _errors("gateway", f"/definitions/{name}", data)


def _menu_errors(data: dict[str, Any]) -> list[str]:
    """Tell what is wrong with a command of a context menu.

    The gateway's schemas have none: it is judged as a slash command but for its target, and what it was used on by itself.
    """
    own = {name: value for name, value in data["data"].items() if name not in ("target_id", "resolved")}
    found = _errors("gateway", f"/definitions/{_SLASH}", data | {"data": own | {"type": 1}})
    resolved = dict(data["data"]["resolved"])
    messages = resolved.pop("messages", {})
    for message in messages.values():
        found += _errors("gateway", "/definitions/APIMessage", message)
    found += _errors("gateway", "/definitions/APIUserInteractionDataResolved", resolved)
    targets = {2: resolved.get("users", {}), 3: messages}[own["type"]]
    if list(targets) != [data["data"]["target_id"]]:
        found.append(f"target {data['data']['target_id']} is not the one of {list(targets)}")
    return found
