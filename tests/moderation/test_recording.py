"""Prompts that were blocked or flagged become cases: one a request, without private words, and counted once."""

import pytest

from bot.automod import read
from bot.jobs import Outcome
from bot.levels import Level
from bot.moderation.cases import CaseKind, Source
from bot.settings import INSTALLATION
from bot.store import cases, notices
from bot.word_lines import Verdict
from tests.limits.support import GUILD, HOUR_MS, PLACE, USER, request
from tests.moderation.court import CHILD, PICTURE, SEXUAL
from tests.test_automod import rule

pytestmark = pytest.mark.asyncio

DAY_MS = 24 * HOUR_MS


async def strikes(court):
    return len(await cases.strikes_of(court.db, guild_id=GUILD, user_id=USER, after_ms=0))


# ---------------------------------------------------------------- by the server


async def test_a_block_by_the_servers_words_is_a_case_that_the_refusal_names(court):
    case = await court.block("a gory cat")
    assert (case.kind, case.source, case.user_id, case.channel_id) == (CaseKind.BLOCK, Source.SERVER, USER, PLACE)
    assert (case.prompt, dict(case.details)) == ("a gory cat", {"words": "gory", "rule": "words"})
    assert court.heard == 1
    assert await strikes(court) == 1


async def test_a_refused_prompt_leaves_nothing_but_its_case(court):
    await court.block()
    assert await court.db.fetch("SELECT * FROM requests") == []
    assert await court.balances() == {}


async def test_the_same_use_told_twice_is_one_case_and_one_strike(court):
    await court.rule(Verdict.BLOCK, "gory")
    first, second = await court.refuse_twice(77, prompt="a gory cat")
    assert first.case_id == second.case_id
    assert len(await court.all_cases()) == 1
    assert await strikes(court) == 1


async def test_automods_rules_are_named_as_automods(court):
    court.automod.told = read([rule(keyword_filter=["cat"], actions=[{"type": 1, "metadata": {}}])])
    refusal = await court.refused(prompt="a cat")
    case = await cases.find(court.db, refusal.case_id, guild_id=GUILD)
    assert dict(case.details) == {"words": "cat", "rule": "automod"}
    actions = [{"type": 1, "metadata": {"custom_message": "Be kind"}}]
    court.automod.told = read([rule(keyword_filter=["cat"], actions=actions)])
    refusal = await court.refused(prompt="a cat")
    assert refusal.message_id == "words.automod"
    assert refusal.case_id is not None


async def test_of_a_private_prompt_the_case_keeps_the_words_of_the_rule_alone(court):
    case = await court.block("a gory secret", private=True)
    assert (case.private, case.prompt, case.details["words"]) == (True, None, "gory")
    assert "secret" not in await court.home.dump()


async def test_what_is_refused_for_another_reason_is_no_case(court):
    await court.rule(Verdict.BLOCK, "gory")
    await court.set(safety_level=Level.GUARDED)
    refusal = await court.refused(prompt="a gory cat", model="imagen-4")
    assert (refusal.message_id, refusal.case_id) == ("level_model", None)
    assert await court.all_cases() == []


# ---------------------------------------------------------------- by the provider


async def test_a_block_by_the_provider_is_one_case_however_many_images(court):
    interaction_id = await court.fail(SEXUAL, SEXUAL, SEXUAL)
    (case,) = await court.all_cases()
    assert (case.kind, case.source, case.interaction_id) == (CaseKind.BLOCK, Source.PROVIDER, interaction_id)
    assert (case.details["outcome"], case.details["category"]) == (Outcome.BLOCKED_WORDS, "sexual")
    assert SEXUAL in case.details["detail"]
    assert case.prompt == "a cat"
    assert await strikes(court) == 1


async def test_a_picture_that_came_out_badly_is_no_strike(court):
    await court.fail(PICTURE)
    assert len(await court.all_cases()) == 1
    assert await strikes(court) == 0


async def test_a_case_tells_the_gravest_of_its_blocks_whichever_came_first(court):
    await court.fail(PICTURE, SEXUAL, PICTURE)
    (case,) = await court.all_cases()
    assert case.details["outcome"] == Outcome.BLOCKED_WORDS
    assert await strikes(court) == 1
    await court.fail(SEXUAL, CHILD)
    assert (await court.all_cases())[1].details["category"] == "child"


async def test_what_fails_otherwise_is_no_case(court):
    (job,) = await court.ask()
    await court.endings.failed(await court.run(job), "out of memory")
    assert await court.all_cases() == []


async def test_a_private_prompt_that_the_provider_blocked_is_not_kept(court):
    await court.fail(SEXUAL, prompt="a secret", private=True)
    (case,) = await court.all_cases()
    assert (case.prompt, case.private) == (None, True)


@pytest.mark.parametrize("code", [CHILD, "17301594", "64151117"])
async def test_a_block_that_protects_children_alerts_the_operator_once_for_each_request(court, code):
    await court.fail(SEXUAL, code, code)
    (notice,) = [each for each in await notices.open_ones(court.db, limit=9) if each.guild_id == INSTALLATION]
    assert notice.message_id == "alert.child"
    assert (notice.params["server"], notice.params["member"]) == (str(GUILD), str(USER))


async def test_other_blocks_alert_nobody(court):
    await court.fail(SEXUAL)
    assert await notices.open_ones(court.db, limit=9) == []


# ---------------------------------------------------------------- flagged


async def test_a_flagged_prompt_is_made_and_becomes_a_case(court):
    await court.rule(Verdict.FLAG, "gory")
    (job,) = await court.ask(prompt="a gory cat")
    (case,) = await court.all_cases()
    assert (case.kind, case.interaction_id, case.prompt) == (CaseKind.FLAG, job.interaction_id, "a gory cat")
    assert case.details == {"words": "gory"}
    assert court.heard == 1
    assert await strikes(court) == 0
    await court.ask(prompt="a gory secret", private=True)
    assert (await court.all_cases())[1].prompt is None


async def test_an_accepted_request_told_twice_is_one_case(court):
    await court.rule(Verdict.FLAG, "gory")
    for _ in range(2):
        await court.desk.accept(request(77, prompt="a gory cat"))
    assert len(await court.all_cases()) == 1


# ---------------------------------------------------------------- numbers


async def test_no_number_of_a_case_is_given_twice_even_after_a_purge(court):
    first = await court.block()
    await court.db.fetch("SELECT 1")
    court.wait(91 * DAY_MS)
    await court.home.purge.sweep()
    assert await court.all_cases() == []
    assert (await court.block()).case_id > first.case_id
