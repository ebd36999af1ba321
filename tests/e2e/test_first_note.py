"""The note on privacy through the running bot: once a person, whole beside the card, and nothing is held up by it."""

import pytest

from tests.e2e.test_whole_way import ended, running

pytestmark = pytest.mark.asyncio


async def test_a_first_image_comes_with_the_note_and_a_second_without_and_both_are_made(tmp_path):
    async with running(tmp_path, told=False) as there:
        first = await there.use(prompt="a cozy cabin")
        message = await ended(first)
        second = await there.use(prompt="a fox")
        await ended(second)
        assert len(message.body.attachments) == 1
        (note,) = first.followups
        assert note.ephemeral_to == there.mia
        assert "Segmind" in note.body.text
        assert "Segmind" not in "".join(revision.body.text for revision in first.history)
        assert second.followups == []
