"""How the tracker is put together from its parts, whatever it is connected to."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from bot.admin.rulebook import Rulebook
from bot.cards.writer import CardWriter
from bot.catalog import Catalog
from bot.clock import Clock
from bot.config import Config
from bot.judgement import Judge
from bot.limiter import RequestBudget
from bot.media.gallery import Gallery
from bot.ports import Painter, Presenter
from bot.store.database import Database
from bot.text import Texts
from bot.tracker.alerts import AlertLine, Alerts
from bot.tracker.availability import Availability
from bot.tracker.books import Books
from bot.tracker.collecting import Collector
from bot.tracker.delivery import Courier
from bot.tracker.desk import Desk
from bot.tracker.endings import Endings
from bot.tracker.guard import Guard
from bot.tracker.housekeeping import Housekeeper
from bot.tracker.key_trouble import KeyTrouble
from bot.tracker.line import Line
from bot.tracker.paces import Paces
from bot.tracker.recovering import Recovery
from bot.tracker.searching import Searcher
from bot.tracker.submitting import Submitter
from bot.tracker.tracker import Tracker
from bot.tracker.watching import Watcher
from bot.turns import Turns

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The tracker, what works beside it, and what others may use of it."""

    tracker: Tracker
    recovery: Recovery
    housekeeper: Housekeeper
    tools: "Tools"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the machine is connected to: the real things, a sandbox, or a test's fakes.

    `line` is the way to the operator; `noticed` is called when something was written down that a server is to be told.
    `judge` applies what servers say about words; without one, no words are looked at.
    """

    db: Database
    rulebook: Rulebook
    painter: Painter
    presenter: Presenter
    line: AlertLine
    noticed: Callable[[], None]
    gallery: Gallery
    clock: Clock
    rng: random.Random
    judge: Judge | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What several parts of the tracker share."""

    books: Books
    budget: RequestBudget
    availability: Availability
    alerts: Alerts
    key: KeyTrouble
    collector: Collector
    endings: Endings


def _tools(outside: Outside, *, config: Config, texts: Texts) -> Tools:
    alerts = Alerts(line=outside.line, texts=texts, clock=outside.clock)
    availability = Availability(outside.clock)
    books = Books(db=outside.db, alerts=alerts, noticed=outside.noticed, clock=outside.clock)
    collector = Collector(books=books, gallery=outside.gallery, clock=outside.clock)
    return Tools(
        books=books,
        budget=RequestBudget(config.segmind_requests_per_minute, outside.clock, outside.rng),
        availability=availability,
        alerts=alerts,
        key=KeyTrouble(availability=availability, alerts=alerts),
        collector=collector,
        endings=Endings(
            books=books,
            rulebook=outside.rulebook,
            collector=collector,
            alerts=alerts,
            noticed=outside.noticed,
            clock=outside.clock,
        ),
    )


def _line(tools: Tools, paces: Paces, *, config: Config, clock: Clock) -> Line:
    return Line(
        turns=Turns(per_member=config.jobs_per_member, per_server=config.jobs_per_server),
        paces=paces,
        budget=tools.budget,
        availability=tools.availability,
        clock=clock,
        jobs_in_flight=config.jobs_in_flight,
    )


def _searcher(outside: Outside, tools: Tools) -> Searcher:
    return Searcher(
        books=tools.books, painter=outside.painter, budget=tools.budget, endings=tools.endings, clock=outside.clock
    )


def _submitter(outside: Outside, tools: Tools, searcher: Searcher) -> Submitter:
    return Submitter(
        books=tools.books,
        painter=outside.painter,
        budget=tools.budget,
        availability=tools.availability,
        searcher=searcher,
        endings=tools.endings,
        alerts=tools.alerts,
        key=tools.key,
        clock=outside.clock,
    )


def _watcher(outside: Outside, tools: Tools, paces: Paces) -> Watcher:
    return Watcher(
        books=tools.books,
        painter=outside.painter,
        budget=tools.budget,
        paces=paces,
        endings=tools.endings,
        key=tools.key,
        clock=outside.clock,
        rng=outside.rng,
    )


def _courier(outside: Outside, tools: Tools, line: Line, writer: CardWriter) -> Courier:
    return Courier(
        books=tools.books,
        presenter=outside.presenter,
        collector=tools.collector,
        writer=writer,
        line=line,
        clock=outside.clock,
    )


def _tracker(outside: Outside, tools: Tools, desk: Desk, *, config: Config, catalog: Catalog, texts: Texts) -> Tracker:
    paces = Paces(books=tools.books, catalog=catalog, budget=tools.budget, clock=outside.clock)
    searcher = _searcher(outside, tools)
    line = _line(tools, paces, config=config, clock=outside.clock)
    return Tracker(
        desk=desk,
        books=tools.books,
        submitter=_submitter(outside, tools, searcher),
        searcher=searcher,
        watcher=_watcher(outside, tools, paces),
        collector=tools.collector,
        courier=_courier(outside, tools, line, CardWriter(texts=texts, catalog=catalog)),
        guard=Guard(books=tools.books, alerts=tools.alerts, clock=outside.clock),
        paces=paces,
        line=line,
        clock=outside.clock,
    )


def assemble(outside: Outside, *, config: Config, catalog: Catalog, texts: Texts) -> Machine:
    """Put the machine together."""
    tools = _tools(outside, config=config, texts=texts)
    desk = Desk(
        db=outside.db,
        catalog=catalog,
        availability=tools.availability,
        rulebook=outside.rulebook,
        noticed=outside.noticed,
        ceiling=config.safety_ceiling,
        clock=outside.clock,
        rng=outside.rng,
        judge=outside.judge,
    )
    return Machine(
        tracker=_tracker(outside, tools, desk, config=config, catalog=catalog, texts=texts),
        recovery=Recovery(
            painter=outside.painter,
            budget=tools.budget,
            availability=tools.availability,
            alerts=tools.alerts,
            clock=outside.clock,
        ),
        housekeeper=Housekeeper(
            books=tools.books,
            gallery=outside.gallery,
            clock=outside.clock,
            quota_bytes=config.images_quota_mib * MIB,
            retention_days=config.images_retention_days,
        ),
        tools=tools,
    )
