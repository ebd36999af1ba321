"""How the services of moderators are put together, whatever they are connected to."""

from bot.admin.rulebook import Rulebook
from bot.catalog import Catalog
from bot.clock import Clock
from bot.moderation.case_log import CaseLog, CasePoster
from bot.moderation.case_text import CaseWriter
from bot.moderation.docket import Docket
from bot.store.database import Database
from bot.text import Texts
from bot.tracker.assembly import Outside
from bot.tracker.tracker import Tracker


def open_log(
    *, db: Database, rulebook: Rulebook, poster: CasePoster, catalog: Catalog, texts: Texts, clock: Clock
) -> CaseLog:
    """The log, which has to be there before the machine: that pokes it when it has written a case."""
    return CaseLog(
        db=db, rulebook=rulebook, poster=poster, writer=CaseWriter(texts=texts, catalog=catalog), clock=clock
    )


def open_docket(outside: Outside, tracker: Tracker) -> Docket:
    """What moderators and members do about cases."""
    return Docket(
        db=outside.db,
        rulebook=outside.rulebook,
        retouch=tracker.retouch,
        noticed=outside.noticed,
        clock=outside.clock,
    )
