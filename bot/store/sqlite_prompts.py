"""The words of prompts in SQLite's full-text index (FTS5); history_tables.py keeps it in step with the requests."""

import re
from collections.abc import Sequence
from unicodedata import category

from bot.store.database import Transaction
from bot.store.history_tables import LETTER_BY_LETTER

PAGES_A_STEP = 64
BEGINNING_MIN = 2  # letters: what begins with one would be half of the index
_LETTER = re.compile(f"([{LETTER_BY_LETTER}])")
_NO_TEXT = str.maketrans({'"': " ", "\0": " "})


class SqlitePrompts:
    """A PromptIndex."""

    def found(self, place: str) -> str:
        return f"(SELECT rowid AS interaction_id FROM prompts WHERE prompts MATCH {place})"  # noqa: S608 - a place only

    def term(self, user_ids: Sequence[int], guild_id: int | None, words: Sequence[str]) -> str:
        """What MATCH takes: every word in quotation marks, in which nothing is syntax but these marks themselves.

        Words without a letter or figure say nothing beside others, and find nothing alone.
        """
        phrases = [_phrase(word) for word in words]
        quoted = " ".join(f'"{phrase}"' for phrase in phrases)
        people = " OR ".join(f'"u{each}"' for each in user_ids)
        server = "" if guild_id is None else f' AND whose:"g{guild_id}"'
        return f"whose:({people}){server} AND words:({quoted}{' *' if _may_go_on(phrases[-1]) else ''})"


def _phrase(word: str) -> str:
    """Letter by letter where the index was made so: such letters are found side by side, anywhere in a text."""
    return _LETTER.sub(r" \1 ", word.translate(_NO_TEXT))


def _may_go_on(phrase: str) -> bool:
    """Whether its last word may be the beginning of a longer one."""
    letters = "".join(sign if category(sign)[0] in "LMN" else " " for sign in phrase).split()
    return bool(letters) and len(letters[-1]) >= BEGINNING_MIN


async def forget_words(tx: Transaction) -> bool:
    """Rewrite a little of the index without the words that left it; True where something may be left to do.

    What leaves the index is not found from that moment, but its words stand in the file until that part of the index is
    written anew.
    """
    changes = "SELECT total_changes() AS made"
    before: int = (await tx.fetch(changes))[0]["made"]
    await tx.execute("INSERT INTO prompts (prompts, rank) VALUES ('merge', $1)", -PAGES_A_STEP)
    after: int = (await tx.fetch(changes))[0]["made"]
    return after - before > 1  # that statement alone counts as one
