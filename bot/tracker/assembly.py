"""How the tracker is put together from its parts, whatever it is connected to."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from bot.admin.rulebook import Rulebook
from bot.cards import CardWriter
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
from bot.tracker.paces import Paces
from bot.tracker.recovering import Recovery
from bot.tracker.searching import Searcher
from bot.tracker.submitting import Submitter
from bot.tracker.tracker import Tracker
from bot.tracker.watching import Watcher

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
    books = Books(db=outside.db, alerts=alerts, clock=outside.clock)
    collector = Collector(books=books, gallery=outside.gallery, clock=outside.clock)
    return Tools(
        books=books,
        budget=RequestBudget(config.segmind_requests_per_minute, outside.clock, outside.rng),
        availability=availability,
        alerts=alerts,
        key=KeyTrouble(availability=availability, alerts=alerts),
        collector=collector,
        endings=Endings(books=books, collector=collector, alerts=alerts),
    )


def _tracker(outside: Outside, tools: Tools, desk: Desk, *, config: Config, catalog: Catalog, texts: Texts) -> Tracker:
    clock, painter, books, budget = outside.clock, outside.painter, tools.books, tools.budget
    searcher = Searcher(books=books, painter=painter, budget=budget, endings=tools.endings, clock=clock)
    paces = Paces(books=books, catalog=catalog, budget=budget, clock=clock)
    submitter = Submitter(
        books=books,
        painter=painter,
        budget=budget,
        availability=tools.availability,
        searcher=searcher,
        endings=tools.endings,
        alerts=tools.alerts,
        key=tools.key,
        clock=clock,
    )
    watcher = Watcher(
        books=books,
        painter=painter,
        budget=budget,
        paces=paces,
        endings=tools.endings,
        key=tools.key,
        clock=clock,
        rng=outside.rng,
    )
    writer = CardWriter(texts=texts, catalog=catalog)
    return Tracker(
        desk=desk,
        books=books,
        submitter=submitter,
        searcher=searcher,
        watcher=watcher,
        collector=tools.collector,
        courier=Courier(
            books=books, presenter=outside.presenter, collector=tools.collector, writer=writer, clock=clock
        ),
        guard=Guard(books=books, alerts=tools.alerts, clock=clock),
        paces=paces,
        budget=budget,
        availability=tools.availability,
        clock=clock,
        jobs_in_flight=config.jobs_in_flight,
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
