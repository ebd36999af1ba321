"""Images that moderators may still look at when their owner has deleted them: kept for as long as their case is."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.moderation.cases import CaseKind
from bot.store.database import Reader, Transaction


@dataclass(frozen=True, slots=True)
class EvidenceImage:
    """One kept image."""

    sha256: str
    content_type: str


async def keep(tx: Transaction, case_id: int, *, interaction_id: int) -> None:
    """Keep the images of a request, as far as they are here, for this case."""
    await tx.execute(
        """INSERT INTO evidence (case_id, sha256, content_type)
        SELECT DISTINCT CAST($1 AS BIGINT), media.sha256, media.content_type FROM jobs
        JOIN media ON media.sha256 = jobs.sha256 WHERE interaction_id = $2
        ON CONFLICT (case_id, sha256) DO NOTHING""",
        case_id,
        interaction_id,
    )


async def keep_reported(tx: Transaction, interaction_id: int) -> None:
    """Keep the images of a request, as far as they are here now, for every report of it that there is."""
    await tx.execute(
        """INSERT INTO evidence (case_id, sha256, content_type)
        SELECT DISTINCT cases.case_id, media.sha256, media.content_type FROM cases
        JOIN jobs ON jobs.interaction_id = cases.interaction_id JOIN media ON media.sha256 = jobs.sha256
        WHERE cases.interaction_id = $1 AND cases.kind = $2 ON CONFLICT (case_id, sha256) DO NOTHING""",
        interaction_id,
        CaseKind.REPORT.value,
    )


async def of_case(reader: Reader, case_id: int) -> list[EvidenceImage]:
    rows = await reader.fetch("SELECT sha256, content_type FROM evidence WHERE case_id = $1 ORDER BY sha256", case_id)
    return [EvidenceImage(row["sha256"], row["content_type"]) for row in rows]


async def cases_with_any(reader: Reader, case_ids: Sequence[int]) -> set[int]:
    """Which of these cases keep images."""
    if not case_ids:
        return set()
    places = ", ".join(f"${position}" for position in range(1, len(case_ids) + 1))
    sql = f"SELECT DISTINCT case_id FROM evidence WHERE case_id IN ({places})"  # noqa: S608 - places only
    return {row["case_id"] for row in await reader.fetch(sql, *case_ids)}


async def kept(reader: Reader) -> set[str]:
    """The SHA-256 of every image that is evidence."""
    return {row["sha256"] for row in await reader.fetch("SELECT DISTINCT sha256 FROM evidence")}
