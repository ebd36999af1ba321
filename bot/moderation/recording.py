"""Cases that nobody opens by hand: prompts that were blocked, or that a rule wants looked at. On a transaction each.

A private prompt is kept in no case: moderators learn that there was one, and whose rules objected to which words.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.cards.writer import ref_of
from bot.jobs import AT_FAULT, Job, Request
from bot.judgement import Judgement
from bot.limits import Rules
from bot.moderation.cases import PAUSE_MS, RULE_ID, Case, CaseKind, Pause, Source, draft_of
from bot.moderation.strikes import counting
from bot.safety import Category
from bot.settings import INSTALLATION, STRIKE_RULE
from bot.store import case_groups, cases, notices, pauses
from bot.store.database import Transaction

WORDS_MAX = 10
OF_CHILDREN = frozenset({Category.CHILD, Category.CELEBRITY_OR_CHILD})


def fingerprint(texts: list[str]) -> str:
    """What stands for exactly these texts."""
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


async def blocked_by_server(
    tx: Transaction, request: Request, judgement: Judgement, *, texts: list[str], rules: Rules, at_ms: int
) -> int:
    """The server's own words, or its AutoMod's, blocked the prompt. Returns the case's id."""
    details = {"words": _shown(judgement.blocked), "rule": "automod" if judgement.automod else "words"}
    case, new = await cases.insert(
        tx,
        draft_of(request, CaseKind.BLOCK, details, at_ms=at_ms, source=Source.SERVER),
        once=f"block:server:{request.interaction_id}",
        strike=True,
        texts_sha256=fingerprint(texts),
    )
    if new:
        await case_groups.join(tx, case)
        await _strike(tx, case, rules, at_ms=at_ms)
    return case.case_id


async def blocked_by_provider(tx: Transaction, request: Request, job: Job, *, rules: Rules, at_ms: int) -> None:
    """Segmind, or Google behind it, blocked an image; one case a request, which tells the gravest of its blocks."""
    details = {"outcome": job.outcome, "category": job.category, "detail": job.detail, "model": job.model}
    at_fault = job.outcome in AT_FAULT
    case, new = await cases.insert(
        tx,
        draft_of(request, CaseKind.BLOCK, details, at_ms=at_ms, source=Source.PROVIDER),
        once=f"block:provider:{request.interaction_id}",
        strike=at_fault,
    )
    was_at_fault = not new and case.details["outcome"] in AT_FAULT
    # What is about children is too grave to stand among others.
    grave = job.category in OF_CHILDREN
    if new and not grave:
        await case_groups.join(tx, case)
    if not new and _gravity(details) > _gravity(case.details):
        await cases.replace_details(tx, case.case_id, details, strike=at_fault)
        if grave:
            await case_groups.stand_alone(tx, case.case_id)
    if at_fault and not was_at_fault:
        await _strike(tx, case, rules, at_ms=at_ms)
    if grave:
        await _alert(tx, request, at_ms=at_ms)


async def flagged(tx: Transaction, request: Request, hits: Sequence[str], *, at_ms: int) -> bool:
    """A word rule wants the prompt looked at; whether there is such a rule."""
    if not hits:
        return False
    draft = draft_of(request, CaseKind.FLAG, {"words": _shown(hits)}, at_ms=at_ms)
    await cases.insert(tx, draft, once=f"flag:{request.interaction_id}")
    return True


def _shown(words: Sequence[str]) -> str:
    return ", ".join(words[:WORDS_MAX])


def _gravity(details: Mapping[str, Any]) -> tuple[bool, bool]:
    return details["category"] in OF_CHILDREN, details["outcome"] in AT_FAULT


async def _strike(tx: Transaction, case: Case, rules: Rules, *, at_ms: int) -> None:
    """The member has one more block that counts: pause them where the server's rule says so, and nobody has."""
    rule = rules.guild[STRIKE_RULE]
    member = {"guild_id": case.guild_id, "user_id": case.user_id}
    if rule is None or await pauses.running(tx, **member, now_ms=at_ms) is not None:
        return
    strikes_ms = await cases.strikes_of(tx, **member, after_ms=at_ms - rule.within_ms)
    blocks = counting(strikes_ms, rule, at_ms=at_ms)
    if blocks < rule.blocks:
        return
    until_ms = at_ms + PAUSE_MS[rule.pause] if rule.pause in PAUSE_MS else None
    details = {
        "until_ms": until_ms,
        "reason": "",
        "blocks": blocks,
        "rule": STRIKE_RULE.field.stored(rule),
        "struck_ms": strikes_ms[-1],
    }
    draft = replace(
        case,
        kind=CaseKind.PAUSE,
        by_id=RULE_ID,
        interaction_id=None,
        private=False,
        prompt=None,
        details=details,
        at_ms=at_ms,
        source=None,
    )
    paused, _ = await cases.insert(tx, draft, once=f"pause:rule:{case.case_id}")
    pause = Pause(**member, until_ms=until_ms, by_id=RULE_ID, reason="", at_ms=at_ms)
    await pauses.put(tx, pause, case_id=paused.case_id)


async def _alert(tx: Transaction, request: Request, *, at_ms: int) -> None:
    """The operator is to know at once, whatever happens to this process; once for each request."""
    params = {"server": str(request.guild_id), "member": str(request.user_id), "ref": ref_of(request.interaction_id)}
    once = f"child:{request.interaction_id}"
    await notices.add(tx, guild_id=INSTALLATION, message_id="alert.child", params=params, once=once, at_ms=at_ms)
