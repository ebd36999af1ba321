"""`usage` and `audit` as an operator types them: with no key, beside the running bot, and nothing is changed."""

import asyncio
import csv
import io
import sqlite3
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.jobs import Outcome, State
from bot.sandbox.terminal import has_ended
from bot.store import guilds
from bot.store.sqlite import open_sqlite
from tests.e2e.asks import quick_outside
from tests.e2e.rig import booted, finished
from tests.store.usage_support import DAY_MS, Asked, write

pytestmark = pytest.mark.asyncio

GUILD = 10**18 + 7
NOON_MS = int(datetime(2025, 3, 10, 12, tzinfo=UTC).timestamp()) * 1000
FIGURES = [
    Asked(guild_id=GUILD, user_id=2 * 10**18 + 1, role_ids=(3 * 10**18,), at_ms=NOON_MS),
    Asked(guild_id=GUILD, user_id=2 * 10**18 + 1, ended=State.FAILED, outcome=Outcome.BLOCKED, at_ms=NOON_MS),
    Asked(guild_id=8, model="imagen-3", waited_ms=None, ended=State.CANCELLED, at_ms=NOON_MS),
]


async def made(folder: Path, asked: list[Asked] = FIGURES) -> dict[str, str]:
    """A database with these jobs, and the whole environment that says where it is."""
    db = await open_sqlite(folder / "imagen.db")
    await write(db, asked)
    async with db.transaction() as tx:
        await guilds.seen(tx, guild_id=GUILD, name="Aqua\x1b[2Jrium", at_ms=1)
    await db.close()
    return {"DATABASE_URL": f"sqlite:///{folder}/imagen.db"}


async def usage(folder: Path, environment: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    return await finished("usage", *arguments, cwd=folder, environment=environment)


def row(out: str, name: str) -> list[str]:
    return next(line for line in out.splitlines() if line.startswith(name)).removeprefix(name).split()


async def test_the_figures_of_all_servers_or_of_one_stand_in_a_table(tmp_path):
    there = await made(tmp_path)
    days = ("--from", "2025-03-01", "--to", "2025-03-10")
    code, out, err = await usage(tmp_path, there, *days)
    assert (code, err) == (0, "")
    assert "2025-03-01 to 2025-03-10  2025-02-19 to 2025-02-28" in out
    assert row(out, "jobs that ended") == ["3", "0"]
    assert row(out, "credits") == ["0.03", "0"]
    assert row(out, "success rate") == ["50.0%", "–"]
    assert row(out, "rendering, median") == ["8.2", "s", "–"], "8 s, as far as buckets tell"
    assert f"Aqua[2Jrium ({GUILD})" in out, "the name is told, and cannot clear the screen"
    assert [row(out, name)[0] for name in ("imagen-4", "imagen-3", str(2 * 10**18 + 1))] == ["1", "0", "1"]
    code, out, _ = await usage(tmp_path, there, *days, "--guild", "8")
    assert code == 0
    assert row(out, "called off") == ["1", "0"]
    assert str(GUILD) not in out


async def test_without_a_period_the_figures_are_of_thirty_days(tmp_path):
    now_ms = int(time.time() * 1000)
    there = await made(tmp_path, [replace(FIGURES[0], at_ms=now_ms - days * DAY_MS) for days in (1, 28, 31)])
    for arguments, images in (((), "2"), (("--period", "90"), "3"), (("--period", "7"), "1")):
        code, out, _ = await usage(tmp_path, there, *arguments)
        assert (code, row(out, "images")[0]) == (0, images)


async def test_the_csv_is_written_whole_and_for_its_owner_only(tmp_path):
    there = await made(tmp_path)
    file = tmp_path / "usage.csv"
    file.write_text("what stood there before")
    code, out, _ = await usage(tmp_path, there, "--from", "2025-03-10", "--to", "2025-03-10", "--csv", str(file))
    assert code == 0
    assert "each of the 3 ended jobs" in out
    head, *rows = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""))
    assert [each[head.index("guild_id")] for each in rows] == ["'8", f"'{GUILD}", f"'{GUILD}"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("file", "words"), [("none/usage.csv", "No such file"), ("folder", "folder"), ("", "cannot go on")]
)
async def test_a_csv_that_cannot_be_written_is_a_sentence(tmp_path, file, words):
    there = await made(tmp_path)
    (tmp_path / "folder").mkdir()
    code, _, err = await usage(tmp_path, there, "--csv", file)
    assert code == 1
    assert words in err
    assert "Traceback" not in err
    assert not list(tmp_path.glob("*.part"))
    assert not (tmp_path / ".part").exists()


async def test_a_terminal_that_lacks_signs_is_told_the_rest(tmp_path):
    there = await made(tmp_path) | {"PYTHONIOENCODING": "ascii"}
    code, out, err = await usage(tmp_path, there, "--from", "2025-03-01", "--to", "2025-03-10")
    assert (code, err) == (0, "")
    assert row(out, "success rate") == ["50.0%", "?"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "2025-02-30"), "“2025-02-30” is not a date"),
        (("--from", "2025-03-02", "--to", "2025-03-01"), "comes after the last one"),
        (("--to", "2025-03-01"), "--to needs --from"),
        (("--from", "2025-03-01", "--period", "7"), "not allowed with"),
        (("--period", "8"), "invalid choice"),
        (("--guild", "Aquarium"), "invalid int value"),
    ],
)
async def test_days_that_make_no_sense_are_refused_with_the_reason(tmp_path, arguments, words):
    code, out, err = await usage(tmp_path, await made(tmp_path, []), *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize("verb", ["usage", "audit"])
async def test_a_database_that_is_missing_or_of_another_version_is_said_and_left_alone(tmp_path, verb):
    there = {"DATABASE_URL": f"sqlite:///{tmp_path}/imagen.db"}
    code, _, err = await finished(verb, cwd=tmp_path, environment=there)
    assert code == 1
    assert f"there is no database at {tmp_path}/imagen.db" in err
    assert list(tmp_path.iterdir()) == []
    await made(tmp_path)
    with sqlite3.connect(tmp_path / "imagen.db") as raw:
        raw.execute("INSERT INTO migrations VALUES (99, 'x')")
    raw.close()
    code, _, err = await finished(verb, cwd=tmp_path, environment=there)
    assert code == 1
    assert "run the newer version" in err
    assert "Traceback" not in err


async def test_a_wrong_address_of_the_database_is_told_and_no_key_is_asked_for(tmp_path):
    code, _, err = await finished("audit", cwd=tmp_path, environment={"DATABASE_URL": "mysql://x"})
    assert code == 2
    assert "DATABASE_URL: must be sqlite:///" in err
    assert "TOKEN" not in err


async def test_audit_names_every_rule_that_is_broken_and_by_which_job(tmp_path):
    code, out, _ = await finished("audit", cwd=tmp_path, environment=await made(tmp_path, [Asked(at_ms=NOON_MS)]))
    assert code == 1
    assert "a job holds its price, once on an account: not so for 1/0" in out
    *lines, last = out.splitlines()
    assert len(set(lines)) == len(lines)
    assert last == ("1 finding." if len(lines) == 1 else f"{len(lines)} findings.")


async def test_both_work_beside_the_running_bot_which_does_not_notice(tmp_path):
    async with quick_outside(tmp_path) as there, booted(there) as bot:
        record = await there.use(prompt="a fox")
        async with asyncio.timeout(60):
            await record.until(lambda one: one.original is not None and has_ended(one.original))
        environment = {"DATABASE_URL": f"sqlite:///{there.database}"}
        code, out, _ = await usage(tmp_path, environment, "--period", "7")
        assert (code, row(out, "images")[0]) == (0, "1")
        code, out, _ = await finished("audit", cwd=tmp_path, environment=environment)
        assert (code, out) == (0, "The books balance.\n")
        assert bot.returncode is None
