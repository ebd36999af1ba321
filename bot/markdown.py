"""Words from people and from Segmind made harmless inside a card: they ping nobody, and they format nothing.

Discord reads markdown in every text it shows. A backslash before each sign that means something keeps the words as
they are; a zero-width space breaks mentions and links, which a backslash does not.
"""

import re
from bisect import bisect_left

BREAK = "\u200b"
ELLIPSIS = "…"
QUOTE = ">>> "
_SIGNS = re.compile(r"([\\*_~`|>#\[\]()<:-])")
_LIST = re.compile(r"(?m)^( *[0-9]+)(?=\.)")
_MENTION = re.compile(r"([@<])")
_LINK = re.compile(r"(?i)(\w(?=://)|(?:mailto|sms|tel)(?=:))")
_INVITE = re.compile(r"(?i)(discord)(?=\.gg|app\.com|\.com)")
# Controls, signs that turn the direction of all text that follows, and halves of characters; new lines stay.
_CONTROLS = re.compile("[\u0000-\u0009\u000b-\u001f\u007f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(words: str) -> str:
    """The words as Discord markdown that shows just them."""
    words = _CONTROLS.sub(" ", words.replace("\r\n", "\n"))
    words = _LINK.sub(rf"\1{BREAK}", words)
    words = _INVITE.sub(rf"\1{BREAK}", words)
    words = _MENTION.sub(rf"\1{BREAK}", words)
    return _LIST.sub(r"\1\\", _SIGNS.sub(r"\\\1", words))


def _fits(words: str, *, characters_max: int, bytes_max: int) -> bool:
    return len(words) <= characters_max and len(words.encode()) <= bytes_max


def clipped(words: str, *, characters_max: int, bytes_max: int) -> str:
    """The words made harmless, cut with … where they would take more characters or UTF-8 bytes than this."""
    whole = harmless(words)
    if _fits(whole, characters_max=characters_max, bytes_max=bytes_max):
        return whole

    def too_long(at: int) -> bool:
        return not _fits(_cut(words, at), characters_max=characters_max, bytes_max=bytes_max)

    # Harmless words are at least half as long as they were.
    longest = min(len(words), 2 * characters_max + 1)
    return _cut(words, max(0, bisect_left(range(longest), True, key=too_long) - 1))


def _cut(words: str, at: int) -> str:
    return harmless(words[:at].rstrip()) + ELLIPSIS


def quoted(words: str) -> str:
    """The (already harmless) words as a quotation, to the end of the text that they stand in."""
    return QUOTE + words


def plain(words: str, *, characters_max: int) -> str:
    """One line of plain text, for places that know no markdown, such as alt text."""
    line = " ".join(_CONTROLS.sub(" ", words).split())
    return line if len(line) <= characters_max else line[: characters_max - 1].rstrip() + ELLIPSIS


def message_url(guild_id: int | None, channel_id: int, message_id: int) -> str:
    """The address of a message; None stands for direct messages, as Discord writes it."""
    return f"https://discord.com/channels/{'@me' if guild_id is None else guild_id}/{channel_id}/{message_id}"
