"""Components of a message as a whole: the rules between them, and how they come back."""

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.sandbox.discord.attachments import Attachment, AttachmentStore, safe_filename
from bot.sandbox.discord.component_forms import LEGACY_COMPONENTS, SELECTS, V2_COMPONENTS, Component
from bot.sandbox.discord.errors import ApiError, Errors, at, invalid_form, problem

COMPONENTS_MAX = 40
TEXT_MAX = 4000
# Not documented: Discord has been seen to fail with a 500 when the processed texts are larger.
PROCESSED_BYTES_MAX = 10_170
_BYTES_A_TEXT = 12
_ATTACHMENT = "attachment://"

Path = tuple[str, ...]


def walk(components: Any, path: Path = ("components",)) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every component with its place, nested ones after the one that holds them."""
    for index, component in enumerate(components):
        here = (*path, str(index))
        yield here, component
        yield from walk(component.get("components") or (), (*here, "components"))
        for single in ("accessory", "component"):
            if component.get(single):
                yield from walk((component[single],), (*here, single))


def check(components: list[Any], *, is_v2: bool) -> None:
    """Raise a 50035 where components break a rule, and the 500 where Discord itself breaks."""
    if errors := (V2_COMPONENTS if is_v2 else LEGACY_COMPONENTS)(components):
        raise invalid_form({"components": errors})
    everything = list(walk(components))
    if errors := _of_many(everything):
        raise invalid_form(errors)
    texts = [each["content"] for _, each in everything if each["type"] == Component.TEXT_DISPLAY]
    if sum(len(text.encode()) + _BYTES_A_TEXT for text in texts) > PROCESSED_BYTES_MAX:
        raise ApiError(500, 0, "500: Internal Server Error")


def _of_many(everything: list[tuple[Path, dict[str, Any]]]) -> Errors:
    if len(everything) > COMPONENTS_MAX:
        said = f"The total number of components ({len(everything)}) exceeds the maximum of {COMPONENTS_MAX}."
        return {"components": problem("COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", said)}
    size = sum(len(each["content"]) for _, each in everything if each["type"] == Component.TEXT_DISPLAY)
    if size > TEXT_MAX:
        said = f"Displayable text size {size} exceeds maximum size of {TEXT_MAX}."
        return {"components": problem("COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", said)}
    return duplicates(everything)


def duplicates(everything: list[tuple[Path, dict[str, Any]]]) -> Errors:
    """Tell of the first custom_id, or component id, that stands twice."""
    for name, code in (("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"), ("id", "COMPONENT_ID_DUPLICATED")):
        seen: set[Any] = set()
        for path, component in everything:
            value = component.get(name)
            if value and value in seen:
                return at((*path, name), problem(code, f"Component {name} cannot be duplicated"))
            seen.add(value)
    return {}


class Resolver:
    """Turns components as they were sent into components as messages show them."""

    def __init__(self, store: AttachmentStore, files: tuple[Attachment, ...], components: list[Any]) -> None:
        self._store = store
        self._files = {attachment.filename: attachment for attachment in files}
        self._taken = {component["id"] for _, component in walk(components) if component.get("id")}
        self._last = 0
        self._components = components

    def resolve(self) -> tuple[dict[str, Any], ...]:
        """Return them with ids and media; raises a 50035 for a file that is not there."""
        return tuple(self._one(component, ("components", str(i))) for i, component in enumerate(self._components))

    def _id(self, component: Mapping[str, Any]) -> int:
        if given := component.get("id"):
            return int(given)
        self._last += 1
        while self._last in self._taken:
            self._last += 1
        return self._last

    def _one(self, sent: Mapping[str, Any], path: Path) -> dict[str, Any]:
        kind = Component(sent["type"])
        shown: dict[str, Any] = {"type": int(kind), "id": self._id(sent)}
        match kind:
            case Component.TEXT_DISPLAY:
                shown["content"] = sent["content"]
            case Component.SEPARATOR:
                shown |= {"divider": sent.get("divider") is not False, "spacing": sent.get("spacing") or 1}
            case Component.THUMBNAIL:
                shown |= self._picture(sent, path)
            case Component.MEDIA_GALLERY:
                items = enumerate(sent["items"])
                shown["items"] = [self._picture(item, (*path, "items", str(i))) for i, item in items]
            case Component.FILE:
                shown |= self._file(sent, path)
            case Component.CONTAINER | Component.SECTION | Component.ACTION_ROW:
                shown |= self._holder(kind, sent, path)
            case _:
                shown |= _interactive(kind, sent)
        return shown

    def _holder(self, kind: Component, sent: Mapping[str, Any], path: Path) -> dict[str, Any]:
        children = enumerate(sent["components"])
        shown: dict[str, Any] = {
            "components": [self._one(child, (*path, "components", str(i))) for i, child in children]
        }
        if kind is Component.SECTION:
            shown["accessory"] = self._one(sent["accessory"], (*path, "accessory"))
        elif kind is Component.CONTAINER:
            shown |= {"accent_color": sent.get("accent_color"), "spoiler": bool(sent.get("spoiler"))}
        return shown

    def _picture(self, sent: Mapping[str, Any], path: Path) -> dict[str, Any]:
        media = self._media(sent["media"]["url"], (*path, "media", "url"))
        return {"media": media, "description": sent.get("description"), "spoiler": bool(sent.get("spoiler"))}

    def _file(self, sent: Mapping[str, Any], path: Path) -> dict[str, Any]:
        file = self._find(sent["file"]["url"], (*path, "file", "url"))
        return {
            "file": self._store.media(file),
            "name": file.filename,
            "size": len(file.data),
            "spoiler": bool(sent.get("spoiler")),
        }

    def _media(self, url: str, path: Path) -> dict[str, Any]:
        if url.startswith(_ATTACHMENT):
            return self._store.media(self._find(url, path))
        for file in self._files.values():
            if url.startswith(f"{self._store.cdn_url}{file.path}"):
                return self._store.media(file)
        return self._store.foreign_media(url)

    def _find(self, url: str, path: Path) -> Attachment:
        file = self._files.get(safe_filename(url.removeprefix(_ATTACHMENT)))
        if file is None:
            code = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
            said = "The unfurled media item's referenced attachment could not be found."
            raise invalid_form(at(path, problem(code, said)))
        return file


def _with_text_ids(defaults: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Ids may be sent as numbers; they are always shown as strings, because JavaScript's numbers cannot hold them."""
    return [{"id": str(each["id"]), "type": each["type"]} for each in defaults]


def shown_modal(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return a modal as Discord hands it to a person's client."""
    shown = copy.deepcopy(dict(sent))
    for _, component in walk(shown["components"]):
        if component.get("default_values"):
            component["default_values"] = _with_text_ids(component["default_values"])
    return shown


def _interactive(kind: Component, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Buttons and selects come back as they were sent, with their defaults filled in."""
    names = ("custom_id", "placeholder", "disabled", "emoji", "label", "style", "url", "sku_id")
    shown = {name: sent[name] for name in (*names, "default_values", "channel_types") if sent.get(name) is not None}
    if "emoji" in shown:
        shown["emoji"] = {name: value for name, value in shown["emoji"].items() if value is not None}
    if kind in SELECTS:
        least, most = sent.get("min_values"), sent.get("max_values")
        shown |= {"min_values": 1 if least is None else least, "max_values": 1 if most is None else most}
    if "default_values" in shown:
        shown["default_values"] = _with_text_ids(shown["default_values"])
    if kind is Component.STRING_SELECT:
        shown["options"] = [{k: v for k, v in option.items() if v is not None} for option in sent["options"]]
    return shown
