"""Files that were uploaded: kept, described, and served from the local CDN."""

import io
import mimetypes
import re
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image, UnidentifiedImageError

from bot.clock import Clock
from bot.sandbox.discord.calls import Upload
from bot.sandbox.discord.snowflakes import Snowflakes

_UNSAFE = re.compile(r"[^\w.\-]", re.ASCII)
_SIGNED_FOR_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A stored file; width and height in pixels, None for anything but images."""

    id: int
    channel_id: int
    filename: str
    content_type: str
    data: bytes
    width_px: int | None
    height_px: int | None
    description: str | None = None
    ephemeral: bool = False

    @property
    def path(self) -> str:
        """Where the CDN serves it."""
        return f"/attachments/{self.channel_id}/{self.id}/{self.filename}"


class AttachmentStore:
    """Keeps the bytes; nothing is ever thrown away."""

    def __init__(self, clock: Clock, snowflakes: Snowflakes) -> None:
        self._clock = clock
        self._snowflakes = snowflakes
        self._by_id: dict[int, Attachment] = {}
        self.cdn_url = ""

    def keep(
        self, upload: Upload, *, channel_id: int, filename: str, description: str | None, ephemeral: bool = False
    ) -> Attachment:
        content_type, width_px, height_px = _look_at(upload, filename)
        attachment = Attachment(
            id=self._snowflakes.next(),
            channel_id=channel_id,
            filename=safe_filename(filename),
            content_type=content_type,
            data=upload.data,
            width_px=width_px,
            height_px=height_px,
            description=description,
            ephemeral=ephemeral,
        )
        self._by_id[attachment.id] = attachment
        return attachment

    def describe(self, attachment: Attachment, description: str | None) -> Attachment:
        changed = replace(attachment, description=description)
        self._by_id[attachment.id] = changed
        return changed

    def get(self, attachment_id: int) -> Attachment | None:
        return self._by_id.get(attachment_id)

    def url(self, attachment: Attachment) -> str:
        """Return a signed address; it is good for a day, as Discord's are."""
        now_s = self._clock.now_ms() // 1000
        signature = f"{attachment.id:064x}"[-64:]
        return f"{self.cdn_url}{attachment.path}?ex={now_s + _SIGNED_FOR_S:x}&is={now_s:x}&hm={signature}&"

    def serves(self, *, expires_hex: str | None) -> bool:
        """Tell whether an address that expires then is still good; one without a signature never was."""
        try:
            return int(expires_hex or "", 16) * 1000 > self._clock.now_ms()
        except ValueError:
            return False

    def payload(self, attachment: Attachment) -> dict[str, Any]:
        """Return the attachment as messages show it."""
        url = self.url(attachment)
        shown: dict[str, Any] = {
            "id": str(attachment.id),
            "filename": attachment.filename,
            "size": len(attachment.data),
            "url": url,
            "proxy_url": url,
            "content_type": attachment.content_type,
        }
        if attachment.width_px is not None:
            shown |= {"width": attachment.width_px, "height": attachment.height_px}
        if attachment.description is not None:
            shown["description"] = attachment.description
        if attachment.ephemeral:
            shown["ephemeral"] = True
        return shown

    def media(self, attachment: Attachment) -> dict[str, Any]:
        """Return the attachment as a component's media item."""
        url = self.url(attachment)
        return {
            "id": str(self._snowflakes.next()),
            "url": url,
            "proxy_url": url,
            "width": attachment.width_px,
            "height": attachment.height_px,
            "content_type": attachment.content_type,
            "attachment_id": str(attachment.id),
        }

    def foreign_media(self, url: str) -> dict[str, Any]:
        """Return a media item of somebody else's address; it is not fetched."""
        return {"id": str(self._snowflakes.next()), "url": url, "proxy_url": url, "width": None, "height": None}


def safe_filename(filename: str) -> str:
    """Return the name as Discord stores it: spaces become underscores, odd characters go."""
    return _UNSAFE.sub("", filename.replace(" ", "_")) or "unknown"


def _look_at(upload: Upload, filename: str) -> tuple[str, int | None, int | None]:
    try:
        # Only the header is read; nothing is decoded.
        with Image.open(io.BytesIO(upload.data)) as image:
            return image.get_format_mimetype() or upload.content_type, image.width, image.height
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return mimetypes.guess_type(filename)[0] or upload.content_type, None, None
