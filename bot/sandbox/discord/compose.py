"""From what a client sends to what a message then says: creation and edit, with all rules between the fields."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.sandbox.discord import components
from bot.sandbox.discord.attachments import Attachment, AttachmentStore, safe_filename
from bot.sandbox.discord.calls import Upload
from bot.sandbox.discord.errors import at, error, invalid_form, problem
from bot.sandbox.discord.forms import Rule
from bot.sandbox.discord.message_forms import ATTACHMENTS_MAX, embeds_too_large
from bot.sandbox.discord.messages import Body, MessageFlag
from bot.sandbox.discord.multipart import upload_number

_LEGACY_FIELDS = ("content", "embeds", "poll", "sticker_ids", "stickers")
_SETTABLE = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.IS_COMPONENTS_V2


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message goes and what holds there."""

    channel_id: int
    size_limit_bytes: int
    blocked_words: tuple[str, ...] = ()


class Composer:
    """Makes message bodies; raises ApiError for every rule of Discord's that is broken."""

    def __init__(self, store: AttachmentStore) -> None:
        self._store = store

    def create(
        self, payload: Mapping[str, Any], uploads: tuple[Upload, ...], *, form: Rule, place: Place, kept_flags: int = 0
    ) -> Body:
        """Return the body of a new message; `kept_flags` are set by the way it is sent, such as EPHEMERAL."""
        return self._compose(payload, uploads, old=Body(flags=kept_flags), form=form, place=place)

    def edit(
        self, payload: Mapping[str, Any], uploads: tuple[Upload, ...], *, old: Body, form: Rule, place: Place
    ) -> Body:
        """Return the body after an edit: fields that were not sent stay, null empties."""
        flags = payload.get("flags")
        if old.is_v2 and flags is not None and not flags & MessageFlag.IS_COMPONENTS_V2:
            code = "MESSAGE_FLAGS_CANNOT_REMOVE_IS_COMPONENTS_V2"
            raise invalid_form({"flags": problem(code, "IS_COMPONENTS_V2 cannot be removed.")})
        return self._compose(payload, uploads, old=old, form=form, place=place)

    def _compose(
        self, payload: Mapping[str, Any], uploads: tuple[Upload, ...], *, old: Body, form: Rule, place: Place
    ) -> Body:
        _check_counts(payload, uploads, place)
        if errors := form(payload):
            raise invalid_form(errors)
        flags = _flags(payload, old)
        body = replace(
            old,
            content=(payload["content"] or "") if "content" in payload else old.content,
            embeds=tuple(payload["embeds"] or ()) if "embeds" in payload else old.embeds,
            flags=flags,
        )
        if errors := embeds_too_large(list(body.embeds)):
            raise invalid_form(errors)
        _check_v2(payload, body)
        if "components" in payload:
            components.check(list(payload["components"] or ()), is_v2=body.is_v2)
        body = replace(body, attachments=self._attachments(payload, uploads, old=old, place=place))
        body = self._with_components(payload, body)
        _check_not_empty(payload, body)
        _check_words(body, place)
        return replace(body, embeds=tuple(self._embed(each, body) for each in body.embeds))

    def _with_components(self, payload: Mapping[str, Any], body: Body) -> Body:
        if "components" not in payload:
            return body
        sent = list(payload["components"] or ())
        return replace(body, components=components.Resolver(self._store, body.attachments, sent).resolve())

    def _attachments(
        self, payload: Mapping[str, Any], uploads: tuple[Upload, ...], *, old: Body, place: Place
    ) -> tuple[Attachment, ...]:
        listed = payload.get("attachments") if "attachments" in payload else None
        news = {str(upload_number(upload)): upload for upload in uploads}
        olds = {str(attachment.id): attachment for attachment in old.attachments}
        if listed is None:
            # Nothing is listed: what was there stays, unless null says that it goes.
            kept = () if "attachments" in payload else old.attachments
            return _at_most((*kept, *(self._keep(each, {}, place, old) for each in uploads)))
        if unlisted := [n for n in news if n not in {str(each["id"]) for each in listed}]:
            said = f"files[{unlisted[0]}] is not in attachments."
            raise invalid_form({"attachments": problem("ATTACHMENT_NOT_FOUND", said)})
        result: list[Attachment] = []
        for each in listed:
            own = str(each["id"])
            if own in news:
                result.append(self._keep(news[own], each, place, old))
            elif own in olds:
                described = "description" in each
                result.append(self._store.describe(olds[own], each["description"]) if described else olds[own])
            else:
                raise error(50146)
        return _at_most(tuple(result))

    def _keep(self, upload: Upload, described: Mapping[str, Any], place: Place, old: Body) -> Attachment:
        filename = described.get("filename") or upload.filename
        if described.get("is_spoiler") and not filename.startswith("SPOILER_"):
            filename = f"SPOILER_{filename}"
        return self._store.keep(
            upload,
            channel_id=place.channel_id,
            filename=filename,
            description=described.get("description"),
            ephemeral=bool(old.flags & MessageFlag.EPHEMERAL),
        )

    def _embed(self, sent: Mapping[str, Any], body: Body) -> dict[str, Any]:
        shown = {name: value for name, value in sent.items() if value is not None}
        shown["type"] = "rich"
        files = {attachment.filename: attachment for attachment in body.attachments}
        for name in ("image", "thumbnail"):
            url = (shown.get(name) or {}).get("url", "")
            if url.startswith("attachment://"):
                file = files.get(safe_filename(url.removeprefix("attachment://")))
                if file is None:
                    said = "The embed's referenced attachment could not be found."
                    raise invalid_form(at(("embeds", name, "url"), problem("ATTACHMENT_NOT_FOUND", said)))
                own = self._store.url(file)
                shown[name] = {"url": own, "proxy_url": own, "width": file.width_px or 0, "height": file.height_px or 0}
        return shown


def _check_counts(payload: Mapping[str, Any], uploads: tuple[Upload, ...], place: Place) -> None:
    listed = payload.get("attachments")
    if len(uploads) > ATTACHMENTS_MAX or (isinstance(listed, list) and len(listed) > ATTACHMENTS_MAX):
        raise error(30015)
    if any(upload.size_bytes > place.size_limit_bytes for upload in uploads):
        raise error(40005)


def _at_most(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    if len(attachments) > ATTACHMENTS_MAX:
        raise error(30015)
    return attachments


def _flags(payload: Mapping[str, Any], old: Body) -> int:
    """Combine what was sent with what cannot be unset; the first edit ends the loading state."""
    stays = old.flags & (MessageFlag.EPHEMERAL | MessageFlag.IS_COMPONENTS_V2)
    sent = payload.get("flags")
    if sent is None:
        return stays | (old.flags & _SETTABLE)
    return stays | (int(sent) & _SETTABLE)


def _check_v2(payload: Mapping[str, Any], body: Body) -> None:
    """With Components V2, nothing of the old kind may be sent or left over."""
    if not body.is_v2:
        return
    used = [name for name in _LEGACY_FIELDS if payload.get(name)]
    left = [name for name, value in (("content", body.content), ("embeds", body.embeds)) if value]
    if used or left:
        name = (used or left)[0]
        said = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
        raise invalid_form({name: problem("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", said)})


def _check_not_empty(payload: Mapping[str, Any], body: Body) -> None:
    has_more = payload.get("poll") or payload.get("sticker_ids")
    if body.is_v2 and not body.components:
        raise error(50006)
    if not (body.content.strip() or body.embeds or body.components or body.attachments or has_more):
        raise error(50006)


def _check_words(body: Body, place: Place) -> None:
    if not place.blocked_words:
        return
    said = "\n".join([body.text, *(str(embed) for embed in body.embeds)]).casefold()
    if any(word.casefold() in said for word in place.blocked_words):
        raise error(200000)
