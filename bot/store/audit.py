"""Do the books balance? Each rule is one statement, so that it sees one moment even while the bot works."""

from dataclasses import dataclass
from typing import Protocol

from bot.store.database import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that must not be: the rule that is broken, and by what (a job as `interaction/number`, …)."""

    rule: str
    subject: str


class Books(Reader, Protocol):
    """What can be audited: a database, or a moment of one."""

    async def check(self) -> list[str]:
        """Ask the engine to look its files over; return what it found wrong, one line each."""
        ...


async def audit(database: Books) -> list[Finding]:
    """Hold the books against their rules; an empty list means that everything balances."""
    findings = [Finding(rule="the engine finds its files sound", subject=text) for text in await database.check()]
    for rule, sql in _RULES.items():
        rows = await database.fetch(sql)
        findings += [Finding(rule=rule, subject=_subject(row["first"], row["second"])) for row in rows]
    # What breaks a rule on several accounts breaks it once.
    return list(dict.fromkeys(findings))


def _subject(first: object, second: object) -> str:
    return str(first) if second is None else f"{first}/{second}"


# Every statement returns what breaks its rule, named by `first` and `second`.
_RULES = {
    "a balance is the sum of its entries": """
        SELECT account_id AS first, period AS second FROM (
            SELECT account_id, period, granted, held, spent FROM balances
            UNION ALL
            SELECT account_id, period, -granted, -held, -spent FROM entries
        ) AS changes
        GROUP BY account_id, period HAVING SUM(granted) <> 0 OR SUM(held) <> 0 OR SUM(spent) <> 0""",
    "a balance stays within its limit and above zero": """
        SELECT account_id AS first, period AS second FROM balances
        WHERE granted < 0 OR held < 0 OR spent < 0 OR held + spent > granted""",
    "an entry belongs to an account": """
        SELECT account_id AS first, NULL AS second FROM entries
        WHERE account_id NOT IN (SELECT account_id FROM accounts)""",
    "a job holds its price, once on an account": """
        SELECT jobs.interaction_id AS first, jobs.number AS second FROM jobs
        LEFT JOIN entries ON entries.interaction_id = jobs.interaction_id AND entries.number = jobs.number
            AND kind = 'hold'
        GROUP BY jobs.interaction_id, jobs.number, price_microcredits
        HAVING COUNT(DISTINCT account_id) = 0 OR COUNT(*) <> COUNT(DISTINCT account_id)
            OR MIN(held) <> price_microcredits OR MAX(held) <> price_microcredits""",
    "a job that has not ended has closed no hold": """
        SELECT jobs.interaction_id AS first, jobs.number AS second FROM jobs
        JOIN entries ON entries.interaction_id = jobs.interaction_id AND entries.number = jobs.number
        WHERE state IN ('accepted', 'submitting', 'running') AND kind <> 'hold'""",
    "a job that has ended has closed each hold once, the right way": """
        SELECT jobs.interaction_id AS first, jobs.number AS second FROM jobs
        JOIN entries ON entries.interaction_id = jobs.interaction_id AND entries.number = jobs.number
        WHERE state IN ('done', 'failed', 'lost', 'cancelled')
        GROUP BY jobs.interaction_id, jobs.number, state, account_id
        HAVING SUM(CASE WHEN kind = 'hold' THEN 1 ELSE 0 END)
            <> SUM(CASE WHEN kind = CASE WHEN state = 'done' THEN 'settle' ELSE 'release' END THEN 1 ELSE 0 END)
            OR SUM(CASE WHEN kind = CASE WHEN state = 'done' THEN 'release' ELSE 'settle' END THEN 1 ELSE 0 END) > 0
            OR SUM(held) <> 0""",
    "nothing is closed that was not held": """
        SELECT interaction_id AS first, number AS second FROM entries
        WHERE kind IN ('hold', 'settle', 'release')
        GROUP BY interaction_id, number, account_id, period HAVING SUM(CASE WHEN kind = 'hold' THEN 1 ELSE 0 END) <> 1""",
    "a hold that is open belongs to a job": """
        SELECT interaction_id AS first, number AS second FROM entries
        WHERE kind IN ('hold', 'settle', 'release') AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE jobs.interaction_id = entries.interaction_id AND jobs.number = entries.number)
        GROUP BY interaction_id, number, account_id HAVING SUM(held) <> 0 OR COUNT(*) <> 2""",
    "what a done job cost is booked, above its hold to the operator": """
        SELECT jobs.interaction_id AS first, jobs.number AS second FROM jobs
        JOIN entries ON entries.interaction_id = jobs.interaction_id AND entries.number = jobs.number
        WHERE state = 'done' AND cost_microcredits >= 0
        GROUP BY jobs.interaction_id, jobs.number, cost_microcredits
        HAVING MAX(CASE WHEN kind = 'settle' THEN spent ELSE 0 END)
            + MAX(CASE WHEN kind = 'overrun' THEN spent ELSE 0 END) <> cost_microcredits""",
    "what a lost job may have cost is booked to the operator": """
        SELECT jobs.interaction_id AS first, jobs.number AS second FROM jobs
        LEFT JOIN entries ON entries.interaction_id = jobs.interaction_id AND entries.number = jobs.number
            AND kind = 'provision'
        WHERE state = 'lost' AND COALESCE(spent, 0) <> price_microcredits""",
    "a job belongs to a request": """
        SELECT interaction_id AS first, number AS second FROM jobs
        WHERE interaction_id NOT IN (SELECT interaction_id FROM requests)""",
    "a request has jobs": """
        SELECT interaction_id AS first, NULL AS second FROM requests
        WHERE interaction_id NOT IN (SELECT interaction_id FROM jobs)""",
    "a delivered request has no job that goes on": """
        SELECT interaction_id AS first, number AS second FROM jobs JOIN requests USING (interaction_id)
        WHERE shown <> 'open' AND state IN ('accepted', 'submitting', 'running')""",
    "a request that was removed has no picture": """
        SELECT interaction_id AS first, number AS second FROM jobs JOIN requests USING (interaction_id)
        WHERE removed IS NOT NULL
            AND (sha256 IS NOT NULL OR attachment_id IS NOT NULL OR (state = 'done' AND outcome IS NULL))""",
    "what was taken away was removed by somebody": """
        SELECT interaction_id AS first, number AS second FROM jobs JOIN requests USING (interaction_id)
        WHERE removed IS NULL AND outcome = 'removed'""",
    "a state has its columns": """
        SELECT interaction_id AS first, number AS second FROM jobs WHERE CASE state
            WHEN 'accepted' THEN submitting_ms IS NOT NULL OR running_ms IS NOT NULL OR request_id IS NOT NULL
            WHEN 'submitting' THEN submitting_ms IS NULL OR running_ms IS NOT NULL
            WHEN 'running' THEN request_id IS NULL OR submitting_ms IS NULL OR running_ms IS NULL
            WHEN 'done' THEN submitting_ms IS NULL OR COALESCE(result_url, sha256, outcome) IS NULL
            WHEN 'cancelled' THEN submitting_ms IS NOT NULL
            ELSE outcome IS NULL END""",
    "only a job that has ended has an end": """
        SELECT interaction_id AS first, number AS second FROM jobs
        WHERE (finished_ms IS NULL) <> (state IN ('accepted', 'submitting', 'running'))""",
}
