"""Whether somebody was told a certain message."""

import re

from bot.text import FALLBACK, Texts

TEXTS = Texts()


def words_of(message_id):
    """The words of a message in English, whatever its values are."""
    template = TEXTS._by_locale[FALLBACK].gettext(message_id)
    assert template != message_id, message_id
    return re.compile(r".*".join(map(re.escape, re.split(r"\{[^}]*\}", template))), re.DOTALL)


def is_said(said, message_ids):
    return any(words_of(each).search(said) for each in message_ids)
