import zoneinfo
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import periods
from bot.periods import Per, Period, ZoneChange, known_zone, local_day, period_at, suggestions

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
# Every offset since 2000 is made of quarters of an hour, and so is every instant at which a date begins.
TICK_MS = 15 * MINUTE_MS
SPANS = {Per.DAY: 1, Per.WEEK: 7, Per.MONTH: 31}
EDGES = (ZoneInfo("Etc/GMT+12"), ZoneInfo("Pacific/Kiritimati"))  # where each date ends last, and begins first
ZONES = sorted(zoneinfo.available_timezones() - {"localtime", "posixrules", "Factory"})
# Clocks that change at midnight, by half an hour, by a day, around noon of UTC, or at the edges of the earth.
ODD_ZONES = [
    "Africa/Cairo",
    "America/Havana",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Amman",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Etc/GMT+12",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Fakaofo",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "UTC",
]


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def in_zone(zone: str) -> list[ZoneChange]:
    return [ZoneChange(0, zone)]


def changes(*pairs: tuple[str, str]) -> list[ZoneChange]:
    return [ZoneChange(ms(since), zone) for since, zone in pairs]


# --- The reference: it looks at a clock every few minutes, and knows nothing of offsets.


def date_shown(at_ms: int, zone) -> date:
    return datetime.fromtimestamp(at_ms // 1000, zone).date()


@cache
def name_of(per: Per, day: date) -> str:
    return day.strftime({Per.DAY: "d:%Y-%m-%d", Per.WEEK: "w:%G-W%V", Per.MONTH: "m:%Y-%m"}[per])


def number_of(per: Per, day: date) -> int:
    """Counts up by one from each period to the next."""
    return {Per.DAY: day.toordinal(), Per.WEEK: (day.toordinal() - 1) // 7, Per.MONTH: 12 * day.year + day.month}[per]


def names_shown(per: Per, ticks: range, zone) -> list[str]:
    """The latest name that a calendar on the wall of this zone has shown so far, at each tick."""
    shown, latest = [], ""
    for at_ms in ticks:
        latest = max(latest, name_of(per, date_shown(at_ms, zone)))
        shown.append(latest)
    return shown


def names_in_force(per: Per, ticks: range, zones: list[ZoneChange]) -> list[str]:
    """What the rules of changes make of it, tick by tick. The first tick stands before the first change."""
    walls = {name: names_shown(per, ticks, ZoneInfo(name)) for name in {"UTC", *(each.zone for each in zones)}}
    waiting, chosen, zone = list(zones), None, "UTC"
    in_force, label = [], walls["UTC"][0]
    for number, at_ms in enumerate(ticks):
        while waiting and waiting[0].since_ms < at_ms:
            chosen = waiting.pop(0).zone
        if walls[zone][number] > label:  # the old period is over
            zone, chosen = chosen or zone, None
            label = max(label, walls[zone][number])
        in_force.append(label)
    return in_force


def expected(per: Per, at_ms: int, zones: list[ZoneChange], *, from_ms: int) -> Period:
    """The period at an instant, by looking around it. `from_ms` is in an earlier period, before the first change."""
    until_ms = at_ms + (2 * SPANS[per] + 3) * DAY_MS
    ticks = range(from_ms - from_ms % TICK_MS, until_ms, TICK_MS)
    names = names_in_force(per, ticks, [each for each in zones if each.since_ms <= at_ms])
    here = (at_ms - ticks[0]) // TICK_MS
    label = names[here]
    start = names.index(label)
    assert start > 0
    return Period(label, ticks[start], ticks[start + names[start:].index(next(n for n in names[here:] if n > label))])


# --- What is drawn


pers = st.sampled_from([Per.DAY, Per.WEEK, Per.MONTH])
zone_names = st.one_of(st.sampled_from(ODD_ZONES), st.sampled_from(ZONES))
# The only ones between which a date can come back: they are more than a day apart.
far_apart = st.sampled_from(["Pacific/Kiritimati", "Etc/GMT+12", "Pacific/Pago_Pago"])
instants = st.integers(ms("2000-01-01T00:00Z"), ms("2040-12-31T23:59Z"))


@cache
def jumps(zone: ZoneInfo, year: int) -> list[int]:
    """About when the clocks of a zone are changed in a year, to a day."""
    first = datetime(year, 1, 1, tzinfo=UTC)
    days = [(first + timedelta(days=number)).astimezone(zone) for number in range(366)]
    moves = [later for day, later in pairwise(days) if day.utcoffset() != later.utcoffset()]
    return [int(move.timestamp() * 1000) for move in moves]


@st.composite
def near_jumps(draw) -> tuple[str, int]:
    """A zone, and an instant within two days of a change of its clocks, where there is any."""
    zone, year = draw(zone_names), draw(st.integers(2000, 2040))
    about_ms = draw(st.sampled_from(jumps(ZoneInfo(zone), year) or [ms(f"{year}-01-01T00:00Z")]))
    return zone, about_ms + draw(st.integers(-48 * HOUR_MS, 48 * HOUR_MS))


@st.composite
def histories(draw, per: Per, *, names=zone_names, changes_max: int = 6) -> tuple[int, list[ZoneChange]]:
    """An instant, and changes of zone around it: at any instant, and on the hour, where periods end."""
    zone, about_ms = draw(near_jumps())
    start_ms = about_ms - about_ms % HOUR_MS
    hours = 24 * SPANS[per] * 2
    offsets = st.one_of(st.integers(0, hours).map(lambda hour: hour * HOUR_MS), st.integers(0, hours * HOUR_MS))
    since = sorted(draw(st.lists(offsets, min_size=1, max_size=changes_max)))
    either = st.one_of(st.just(zone), names)
    return start_ms, [ZoneChange(start_ms + each, draw(either)) for each in since]


# --- One zone


@settings(max_examples=150, deadline=None)
@given(pers, st.one_of(near_jumps(), st.tuples(zone_names, instants)))
@example(Per.DAY, ("Pacific/Apia", ms("2011-12-30T09:59Z")))
@example(Per.DAY, ("Pacific/Apia", ms("2011-12-30T10:00Z")))
@example(Per.DAY, ("America/St_Johns", ms("2010-11-07T03:00Z")))
def test_a_period_is_what_a_calendar_on_the_wall_shows(per, place):
    zone, at_ms = place
    ticks_from = at_ms - (2 * SPANS[per] + 3) * DAY_MS
    ticks = range(ticks_from - ticks_from % TICK_MS, at_ms + (SPANS[per] + 3) * DAY_MS, TICK_MS)
    names = names_shown(per, ticks, ZoneInfo(zone))
    label = names[(at_ms - ticks[0]) // TICK_MS]
    start = names.index(label)
    end = start + names[start:].count(label)
    assert period_at(per, at_ms, zones=in_zone(zone)) == Period(label, ticks[start], ticks[end])


@pytest.mark.parametrize("zone", ODD_ZONES)
def test_every_day_of_forty_years_begins_when_its_date_first_shows(zone):
    place, at_ms, labels = ZoneInfo(zone), ms("2000-01-02T12:00Z"), []
    until_ms = ms("2040-12-31T00:00Z")
    while at_ms < until_ms:
        period = period_at(Per.DAY, at_ms, zones=in_zone(zone))
        assert f"d:{date_shown(period.start_ms, place)}" == period.label
        assert f"d:{date_shown(period.start_ms - 1, place)}" < period.label
        labels.append(period.label)
        at_ms = period.end_ms
    assert labels == sorted(set(labels))
    first, last = (date.fromisoformat(label[2:]) for label in (labels[0], labels[-1]))
    passed = {f"d:{first + timedelta(days=number)}" for number in range((last - first).days + 1)}
    assert passed - {*labels} == ({"d:2011-12-30"} if zone in {"Pacific/Apia", "Pacific/Fakaofo"} else set())


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("UTC", "2024-02-29", "2024-02-29T00:00Z", 24),
        # Midnight does not exist: the day begins at one o'clock.
        ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00Z", 23),
        ("America/Havana", "2024-03-10", "2024-03-10T05:00Z", 23),
        ("Asia/Beirut", "2024-03-31", "2024-03-30T22:00Z", 23),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00Z", 23),
        ("Atlantic/Azores", "2024-03-31", "2024-03-31T01:00Z", 23),
        # Midnight exists twice: the first counts.
        ("America/Havana", "2024-11-03", "2024-11-03T04:00Z", 25),
        ("Atlantic/Azores", "2024-10-27", "2024-10-27T00:00Z", 25),
        # Midnight is put off by an hour: the evening before is longer.
        ("Africa/Cairo", "2024-10-31", "2024-10-30T21:00Z", 25),
        ("Asia/Beirut", "2024-10-26", "2024-10-25T21:00Z", 25),
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00Z", 25),
        # A minute past midnight the clocks went back to the day before: the new day has begun and stays.
        ("America/St_Johns", "2010-11-07", "2010-11-07T02:30Z", 25),
        # Clocks that change by half an hour.
        ("Australia/Lord_Howe", "2024-10-06", "2024-10-05T13:30Z", 23.5),
        ("Australia/Lord_Howe", "2024-04-07", "2024-04-06T13:00Z", 24.5),
        # Around the day that Samoa left out.
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00Z", 24),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00Z", 24),
    ],
)
def test_a_day_begins_and_ends_at_midnight_however_the_clocks_change(zone, day, start, hours):
    start_ms, end_ms = ms(start), ms(start) + int(hours * HOUR_MS)
    period = Period(f"d:{day}", start_ms, end_ms)
    for at_ms in (start_ms, start_ms + 1, (start_ms + end_ms) // 2, end_ms - 1):
        assert period_at(Per.DAY, at_ms, zones=in_zone(zone)) == period
    assert period_at(Per.DAY, start_ms - 1, zones=in_zone(zone)).end_ms == start_ms
    assert period_at(Per.DAY, end_ms, zones=in_zone(zone)).start_ms == end_ms


def test_a_day_whose_midnight_falls_into_a_longer_jump_begins_with_the_jump():
    # Half past eleven became half past midnight. No clock has done so since 1970, but any may again.
    zones = [ZoneChange(ms("1919-01-01T00:00Z"), "America/Toronto")]
    day = Period("d:1919-03-31", ms("1919-03-31T04:30Z"), ms("1919-04-01T04:00Z"))
    assert period_at(Per.DAY, ms("1919-03-31T04:30Z"), zones=zones) == day
    assert period_at(Per.DAY, ms("1919-03-31T04:29Z"), zones=zones).label == "d:1919-03-30"


def test_a_date_that_a_place_left_out_is_no_day_there():
    before = period_at(Per.DAY, ms("2011-12-30T09:59Z"), zones=in_zone("Pacific/Apia"))
    assert (before.label, before.end_ms) == ("d:2011-12-29", ms("2011-12-30T10:00Z"))
    assert period_at(Per.DAY, before.end_ms, zones=in_zone("Pacific/Apia")).label == "d:2011-12-31"


def test_weeks_begin_on_monday_and_bear_the_iso_number():
    berlin = in_zone("Europe/Berlin")
    start_ms, end_ms = ms("2026-11-15T23:00Z"), ms("2026-11-22T23:00Z")
    assert period_at(Per.WEEK, ms("2026-11-21T12:00Z"), zones=berlin) == Period("w:2026-W47", start_ms, end_ms)
    assert period_at(Per.WEEK, ms("2027-01-01T12:00Z"), zones=berlin).label == "w:2026-W53"
    assert period_at(Per.WEEK, ms("2024-12-31T12:00Z"), zones=berlin).label == "w:2025-W01"


def test_months_begin_on_the_first():
    start_ms, end_ms = ms("2026-10-31T23:00Z"), ms("2026-11-30T23:00Z")
    assert period_at(Per.MONTH, start_ms, zones=in_zone("Europe/Berlin")) == Period("m:2026-11", start_ms, end_ms)
    december = period_at(Per.MONTH, ms("2026-12-31T22:59Z"), zones=in_zone("Europe/Berlin"))
    assert (december.label, december.end_ms) == ("m:2026-12", ms("2026-12-31T23:00Z"))


def test_the_period_without_end_is_the_same_always():
    assert period_at(Per.EVER, 0) == period_at(Per.EVER, ms("2040-01-01T00:00Z"), zones=in_zone("Asia/Tokyo"))
    assert period_at(Per.EVER, 0) == Period("ever", 0, None)


def test_time_is_that_of_utc_where_no_zone_was_chosen():
    at_ms = ms("2026-11-21T23:30Z")
    assert period_at(Per.DAY, at_ms) == Period("d:2026-11-21", ms("2026-11-21T00:00Z"), ms("2026-11-22T00:00Z"))
    later = changes(("2026-11-21T23:31Z", "Asia/Tokyo"))
    assert period_at(Per.DAY, at_ms, zones=later) == period_at(Per.DAY, at_ms)


def test_the_local_day_is_the_date_of_the_day_in_force():
    at_ms = ms("2026-11-21T23:30Z")
    assert local_day(at_ms, zones=()) == "2026-11-21"
    assert local_day(at_ms, zones=in_zone("Europe/Berlin")) == "2026-11-22"


@pytest.mark.parametrize("zone", ["Mars/Olympus_Mons", "", "../UTC", "/etc/localtime", "localtime", "Factory"])
def test_a_zone_that_the_machine_does_not_know_counts_as_utc(zone):
    at_ms = ms("2026-11-21T20:00Z")
    assert period_at(Per.DAY, at_ms, zones=in_zone(zone)) == period_at(Per.DAY, at_ms)


def test_a_zone_is_found_however_it_is_spelt_in_a_change():
    at_ms = ms("2026-11-21T20:00Z")
    assert period_at(Per.DAY, at_ms, zones=in_zone("asia/tokyo")).label == "d:2026-11-22"


def test_a_zone_whose_data_goes_away_while_the_bot_runs_counts_as_utc(tmp_path: Path):
    (tmp_path / "Test").mkdir()
    (tmp_path / "Test" / "Gone").write_bytes(b"TZif")
    at_ms = ms("2026-11-21T20:00Z")
    zoneinfo.reset_tzpath([tmp_path])
    periods._names.cache_clear()
    try:
        assert known_zone("test/gone") == "Test/Gone"
        (tmp_path / "Test" / "Gone").unlink()
        assert period_at(Per.DAY, at_ms, zones=in_zone("Test/Gone")) == period_at(Per.DAY, at_ms)
    finally:
        zoneinfo.reset_tzpath()
        periods._names.cache_clear()
        periods._loaded.cache_clear()


# --- Changes of zone


def test_a_new_zone_counts_from_the_next_period_of_each_kind():
    zones = changes(("2026-11-21T12:00Z", "Europe/Berlin"))
    assert period_at(Per.DAY, ms("2026-11-21T23:59Z"), zones=zones).label == "d:2026-11-21"
    # The first day there begins where the old one ended, though it has been that day in Berlin for an hour.
    first = Period("d:2026-11-22", ms("2026-11-22T00:00Z"), ms("2026-11-22T23:00Z"))
    assert period_at(Per.DAY, ms("2026-11-22T00:00Z"), zones=zones) == first
    month = Period("m:2026-11", ms("2026-11-01T00:00Z"), ms("2026-12-01T00:00Z"))
    assert period_at(Per.MONTH, ms("2026-11-30T23:30Z"), zones=zones) == month
    assert period_at(Per.MONTH, ms("2026-12-31T23:30Z"), zones=zones).label == "m:2027-01"


def test_a_day_goes_on_until_the_new_zone_is_past_it():
    zones = changes(("2026-11-21T12:00Z", "America/New_York"))
    before = Period("d:2026-11-21", ms("2026-11-21T00:00Z"), ms("2026-11-22T00:00Z"))
    longer = Period("d:2026-11-21", ms("2026-11-21T00:00Z"), ms("2026-11-22T05:00Z"))
    assert period_at(Per.DAY, ms("2026-11-21T11:59Z"), zones=zones) == before
    for at in ("2026-11-21T12:00Z", "2026-11-22T00:00Z", "2026-11-22T04:59Z"):
        assert period_at(Per.DAY, ms(at), zones=zones) == longer
    assert period_at(Per.DAY, ms("2026-11-22T05:00Z"), zones=zones).label == "d:2026-11-22"


def test_of_several_changes_in_one_period_the_last_wins_at_its_end():
    zones = changes(
        ("2026-11-21T01:00Z", "America/New_York"), ("2026-11-21T02:00Z", "Asia/Tokyo"), ("2026-11-21T03:00Z", "UTC")
    )
    at_ms = ms("2026-11-21T22:00Z")
    assert period_at(Per.DAY, at_ms, zones=zones) == period_at(Per.DAY, at_ms)
    assert period_at(Per.DAY, at_ms, zones=zones[:2]).end_ms == ms("2026-11-22T00:00Z")
    assert period_at(Per.DAY, at_ms + 5 * HOUR_MS, zones=zones[:2]).end_ms == ms("2026-11-22T15:00Z")


def test_a_change_at_the_end_of_a_period_belongs_to_the_next_one():
    zones = changes(("2026-11-22T00:00Z", "America/New_York"))
    sunday = Period("d:2026-11-22", ms("2026-11-22T00:00Z"), ms("2026-11-23T05:00Z"))
    assert period_at(Per.DAY, ms("2026-11-22T00:00Z"), zones=zones) == sunday


def test_a_change_at_the_end_of_a_period_leaves_the_zone_chosen_in_it_the_next_one():
    zones = changes(("2026-11-21T12:00Z", "Europe/Berlin"), ("2026-11-22T00:00Z", "Asia/Tokyo"))
    sunday = Period("d:2026-11-22", ms("2026-11-22T00:00Z"), ms("2026-11-22T23:00Z"))
    assert period_at(Per.DAY, ms("2026-11-22T00:00Z"), zones=zones) == sunday
    monday = Period("d:2026-11-23", ms("2026-11-22T23:00Z"), ms("2026-11-23T15:00Z"))
    assert period_at(Per.DAY, ms("2026-11-23T00:00Z"), zones=zones) == monday


def test_a_day_that_both_zones_have_spent_is_not_given_again():
    east_then_west = changes(("2026-11-21T00:00Z", "Pacific/Kiritimati"), ("2026-11-22T11:00Z", "Pacific/Pago_Pago"))
    sunday, monday = Period("d:2026-11-22", ms("2026-11-22T00:00Z"), ms("2026-11-22T10:00Z")), "d:2026-11-23"
    assert period_at(Per.DAY, ms("2026-11-22T09:00Z"), zones=east_then_west) == sunday
    long_monday = Period(monday, ms("2026-11-22T10:00Z"), ms("2026-11-24T11:00Z"))
    assert period_at(Per.DAY, ms("2026-11-24T10:59Z"), zones=east_then_west) == long_monday


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_changes_of_zone_are_what_looking_at_the_clocks_makes_of_them(data):
    per = data.draw(pers)
    start_ms, zones = data.draw(histories(per))
    at_ms = start_ms + data.draw(st.integers(0, 4 * SPANS[per] * DAY_MS))
    from_ms = start_ms - (SPANS[per] + 3) * DAY_MS
    assert period_at(per, at_ms, zones=zones) == expected(per, at_ms, zones, from_ms=from_ms)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_periods_touch_and_hold_as_long_as_no_further_change_comes(data):
    per = data.draw(pers)
    _, zones = data.draw(histories(per))
    at_ms = zones[-1].since_ms + data.draw(st.integers(0, SPANS[per] * DAY_MS))
    for _ in range(4):
        period = period_at(per, at_ms, zones=zones)
        assert period.start_ms <= at_ms < period.end_ms
        for inside_ms in (at_ms, (at_ms + period.end_ms) // 2, period.end_ms - 1):
            assert period_at(per, inside_ms, zones=zones) == period
        after = period_at(per, period.end_ms, zones=zones)
        assert after.start_ms == period.end_ms
        assert after.label > period.label
        at_ms = period.end_ms


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_change_alters_nothing_before_it(data):
    per = data.draw(pers)
    start_ms, zones = data.draw(histories(per))
    at_ms = data.draw(st.integers(start_ms - DAY_MS, zones[-1].since_ms))
    known = [change for change in zones if change.since_ms <= at_ms]
    assert period_at(per, at_ms, zones=zones) == period_at(per, at_ms, zones=known)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_changes_of_zone_win_more_periods_than_pass_on_earth(data):
    per = data.draw(pers)
    start_ms, zones = data.draw(histories(per, names=st.one_of(far_apart, zone_names), changes_max=30))
    step_ms = SPANS[per] * data.draw(st.integers(40, 160)) * MINUTE_MS
    seen = []
    for at_ms in range(start_ms - SPANS[per] * DAY_MS, start_ms + 4 * SPANS[per] * DAY_MS, step_ms):
        last, first = (date_shown(at_ms, edge) for edge in EDGES)
        label = period_at(per, at_ms, zones=zones).label
        assert name_of(per, last) <= label <= name_of(per, first)
        seen.append((label, number_of(per, last), number_of(per, first)))
    labels = [label for label, _, _ in seen]
    assert labels == sorted(labels), "a label came back"
    given_so_far = [*accumulate((later != label for label, later in pairwise(labels)), initial=1)]
    for begin, (_, oldest, _) in enumerate(seen):
        for end in range(begin, len(seen)):
            assert given_so_far[end] - given_so_far[begin] + 1 <= seen[end][2] - oldest + 1


# --- Names that people type


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/BERLIN", "Europe/Berlin"),
        ("  america/new   york ", "America/New_York"),
        ("america/argentina/buenos_aires", "America/Argentina/Buenos_Aires"),
        ("america/port-au-prince", "America/Port-au-Prince"),
        ("utc", "UTC"),
        ("etc/gmt+5", "Etc/GMT+5"),
    ],
)
def test_a_zone_is_known_however_it_is_typed(typed, zone):
    assert known_zone(typed) == zone


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "berlin",
        "Europe",
        "Europe/",
        "Europe/Berlin/",
        "../UTC",
        "Europe/../UTC",
        "./UTC",
        "/usr/share/zoneinfo/UTC",
        "/etc/localtime",
        "C:\\UTC",
        "UTC\0",
        "posix/UTC",
        "right/UTC",
        "localtime",
        "LocalTime",
        "posixrules",
        "Factory",
        "zone.tab",
        "a" * 6000,
    ],
)
def test_what_is_no_zone_is_not_known(typed):
    assert known_zone(typed) is None


def test_every_zone_of_the_machine_is_known_by_its_own_name():
    assert [name for name in ZONES if known_zone(name) != name or known_zone(name.upper()) != name] == []


@pytest.mark.parametrize(
    ("typed", "zones"),
    [
        ("berlin", ("Europe/Berlin",)),
        ("New York", ("America/New_York",)),
        ("istanbul", ("Asia/Istanbul", "Europe/Istanbul")),
        ("xyzzy", ()),
        ("", ()),
        ("../../etc/passwd", ()),
    ],
)
def test_a_city_alone_suggests_its_zones(typed, zones):
    assert suggestions(typed) == zones


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("berln", "Europe/Berlin"),
        ("Asia/Tokio", "Asia/Tokyo"),
        ("America/San Paulo", "America/Sao_Paulo"),
        ("Europe/New York", "America/New_York"),
    ],
)
def test_a_slip_suggests_what_was_meant(typed, zone):
    assert zone in suggestions(typed)


def test_suggestions_can_be_chosen_and_are_few():
    for typed in ("america", "istanbul", "Europe/Xerlin", "port", "a" * 6000, *(zone[1:] for zone in ZONES[::20])):
        for limit in (1, 3):
            found = suggestions(typed, limit=limit)
            assert len(found) <= limit
            assert len(set(found)) == len(found)
            assert [known_zone(each) for each in found] == [*found]


@pytest.mark.parametrize("typed", ["GMT+2", "utc+2", "Etc/GMT +2", "UTC-5"])
def test_zones_whose_sign_is_the_other_way_round_are_not_suggested(typed):
    assert [zone for zone in suggestions(typed) if "+" in zone or "-" in zone] == []
    assert suggestions("utc+2") == ("UTC",)
