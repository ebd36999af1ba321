"""The command line as an operator meets it: every failure is a sentence and an exit code, and no secret is printed."""

import asyncio
import sys
import time
from pathlib import Path

import pytest

from bot.app import GRACE_S
from bot.sandbox.discord.world import Guild
from bot.sandbox.segmind import POSTS, Fault, FaultKind, Rule
from bot.sandbox.terminal import has_ended
from tests.e2e.asks import quick_models, quick_outside
from tests.e2e.rig import KEY, Outside, booted, clean_environment, end, finished, is_private_or_late, outside, start

SECRETS = {"DISCORD_TOKEN": "CANARY.token.discord", "SEGMIND_API_KEY": "CANARY-key-segmind"}
NOWHERE = dict.fromkeys(("DISCORD_API_URL", "SEGMIND_BASE_URL", "SEGMIND_HISTORY_URL"), "http://127.0.0.1:9")
# Far more than anything takes anywhere.
WAIT_S = 60.0
# How fast the clock of a bot runs that takes up what the one before it left; it looks after five seconds for a lost submit.
NEXT_SPEED = 4.0
pytestmark = pytest.mark.asyncio


async def check(there: Outside, **environment: str) -> tuple[int, str, str]:
    return await finished("check", cwd=there.folder, environment=there.environment(**environment))


# ---------------------------------------------------------------- configuration


@pytest.mark.parametrize("verb", ["run", "check"])
async def test_everything_missing_or_wrong_is_told_at_once_by_name(tmp_path, verb):
    wrong = {
        "SEGMIND_API_KEY": "CANARY-key",
        "SEGMIND_BASE_URL": "segmind",
        "DATABASE_URL": "mysql://CANARY@host/db",
        "MONTHLY_LIMIT_CREDITS": "lots",
        "SEGMIND_REQUESTS_PER_MINUTE": "1",
        "SAFETY_CEILING": "NONE",
    }
    code, out, err = await finished(verb, cwd=tmp_path, environment=wrong)
    assert code == 2
    assert all(name in err for name in wrong.keys() - {"SEGMIND_API_KEY"})
    assert "DISCORD_TOKEN is not set" in err
    assert "SEGMIND_API_KEY" not in err
    assert "Traceback" not in err
    assert "CANARY" not in out + err


async def test_a_secret_that_was_left_empty_counts_as_missing(tmp_path):
    (tmp_path / ".env").write_text("DISCORD_TOKEN=\nSEGMIND_API_KEY=  \n", encoding="utf-8")
    code, _, err = await finished("run", cwd=tmp_path)
    assert code == 2
    assert "DISCORD_TOKEN is not set" in err
    assert "SEGMIND_API_KEY is not set" in err


@pytest.mark.parametrize("verb", ["run", "check"])
async def test_a_broken_models_file_is_refused_with_its_line_and_the_reason(tmp_path, verb):
    file = tmp_path / "models.toml"
    file.write_text("[models.imagen-4]\nprice = 0.07\nlatency_s = -1\n", encoding="utf-8")
    code, _, err = await finished(verb, cwd=tmp_path, environment=SECRETS | NOWHERE | {"MODELS_FILE": str(file)})
    assert code == 2
    assert f"{file}, line 3: models.imagen-4.latency_s" in err
    assert "Traceback" not in err


async def test_a_verb_that_does_not_exist_is_answered_with_those_that_do(tmp_path):
    code, _, err = await finished("dance", cwd=tmp_path)
    assert code == 2
    assert "run" in err
    assert "sandbox" in err


@pytest.mark.parametrize("script", ["none.txt", "folder", "no_text.txt"])
async def test_a_script_that_cannot_be_read_is_told_by_name_and_starts_nothing(tmp_path, script):
    (tmp_path / "folder").mkdir()
    (tmp_path / "no_text.txt").write_bytes(b"\xff\xfe/\0i\0")
    code, out, err = await finished("sandbox", "--script", script, cwd=tmp_path)
    assert (code, out) == (1, "")
    assert script in err
    assert "Traceback" not in err
    assert not (tmp_path / "data").exists()


async def test_no_verb_waits_for_what_only_others_need(tmp_path):
    told = "import sys, bot.__main__; print(*sys.modules)"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", told, cwd=tmp_path, env=clean_environment(), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    loaded = set(out.decode().split())
    assert "bot.__main__" in loaded
    assert loaded & {"aiohttp", "babel", "discord", "PIL", "pydantic", "bot.app", "bot.sandbox.session"} == set()


async def test_a_token_that_discord_refuses_ends_the_bot_with_what_to_do(tmp_path):
    async with outside(tmp_path) as there:
        code, out, err = await finished(
            "run", cwd=tmp_path, environment=there.environment(DISCORD_TOKEN=SECRETS["DISCORD_TOKEN"])
        )
    assert code == 2
    assert "DISCORD_TOKEN: Discord does not accept it." in err
    assert "Traceback" not in err
    assert "CANARY" not in out + err


async def test_folders_that_cannot_be_written_are_told_among_the_rest(tmp_path):
    (tmp_path / "file").touch()
    inside = {"DATABASE_URL": f"sqlite:///{tmp_path}/file/imagen.db", "IMAGES_DIR": str(tmp_path / "file" / "images")}
    code, out, err = await finished("check", cwd=tmp_path, environment=SECRETS | NOWHERE | inside)
    assert (code, err) == (1, "")
    assert "FAIL  database: cannot lock" in out
    assert f"FAIL  disk: nothing can be written in {tmp_path}/file. Check" in out


# ---------------------------------------------------------------- one process


async def test_a_second_process_on_the_same_database_does_not_start_and_says_why(tmp_path):
    async with quick_outside(tmp_path) as there, booted(there) as first:
        code, _, err = await finished("run", cwd=tmp_path, environment=there.environment())
        assert code == 1
        assert "imagen.db" in err
        assert "another process is using" in err
        assert "Traceback" not in err
        # The first one did not notice.
        record = await there.use(prompt="a fox [fail]")
        async with asyncio.timeout(WAIT_S):
            await record.until(lambda one: one.original is not None and has_ended(one.original))
        assert first.returncode is None


# ---------------------------------------------------------------- stopping


async def test_sigterm_refuses_kindly_ends_in_time_and_the_next_start_delivers(tmp_path):
    # The bot looks for no image before it is told to stop.
    async with outside(tmp_path, models=quick_models()) as there:
        # A submit that is out when the bot is told to stop, so that it takes its while.
        slow = Rule(Fault(FaultKind.STALLED, taken=True, seconds=3.0), POSTS, when=lambda prompt: "stalled" in prompt)
        there.segmind.weather.add(slow)
        starts_s = time.monotonic()
        async with booted(there) as process:
            boot_s = time.monotonic() - starts_s
            records = [await there.use(prompt="a fox"), await there.use(prompt="a stalled fox")]
            for record in records:
                await record.until(lambda one: one.body is not None)
            while len(there.segmind.requests) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            process.terminate()
            began_s = time.monotonic()
            await asyncio.sleep(0.3)
            late = await there.use(prompt="a late fox")
            async with asyncio.timeout(WAIT_S):
                await late.until(lambda one: one.body is not None)
            assert is_private_or_late(late)
            assert await process.wait() == 0
            # Docker waits for ten seconds. A machine that is long about the start is so about the end.
            assert time.monotonic() - began_s < max(10, GRACE_S + 2 * boot_s)
        assert not any(has_ended(record.original) for record in records)
        async with booted(there, speed=NEXT_SPEED):
            async with asyncio.timeout(WAIT_S):
                for record in records:
                    await record.until(lambda one: has_ended(one.original))
        assert [len(record.original.body.attachments) for record in records] == [1, 1]
        assert sorted(request.prompt for request in there.segmind.requests) == ["a fox", "a stalled fox"]


# ---------------------------------------------------------------- check


def lines_of(out: str) -> dict[str, str]:
    """What `check` printed: mark by thing."""
    return {line[6:].split(":")[0]: line[:4].strip() for line in out.splitlines()}


async def test_check_tells_of_everything_in_a_line_each(tmp_path):
    async with outside(tmp_path) as there:
        code, out, err = await check(there)
    servers = {f"server {name}": "ok" for name in ("Aquarium", "Atelier", "Werkstatt")}
    looked_at = dict.fromkeys(("configuration", "Segmind", "Discord", "database", "disk"), "ok")
    assert lines_of(out) == looked_at | servers
    assert (code, err) == (0, "")


async def test_check_names_what_is_wrong_and_what_to_do_and_ends_with_one(tmp_path):
    async with outside(tmp_path) as there:
        guild: Guild = there.guild
        role = next(role for role in guild.roles.values() if role.managed)
        role.permissions = 0
        guild.roles[guild.id].permissions = 0
        code, out, _ = await check(there, SEGMIND_API_KEY="CANARY-wrong")
        assert code == 1
        marks = lines_of(out)
        assert (marks["Segmind"], marks["server Aquarium"], marks["server Atelier"]) == ("FAIL", "FAIL", "ok")
        assert "Check SEGMIND_API_KEY." in out
        assert "Attach Files" in out
        code, more, _ = await check(there, DISCORD_TOKEN="CANARY.wrong.token", SEGMIND_BASE_URL="http://127.0.0.1:9")
        assert code == 1
        assert lines_of(more)["Discord"] == lines_of(more)["Segmind"] == "FAIL"
        assert "Check DISCORD_TOKEN." in more
        assert "CANARY" not in out + more


async def test_check_beside_a_running_bot_says_that_the_database_is_in_use(tmp_path):
    async with outside(tmp_path) as there, booted(there):
        code, out, err = await check(there)
    assert code == 1
    assert lines_of(out)["database"] == "FAIL"
    assert "Traceback" not in err


# ---------------------------------------------------------------- secrets


@pytest.mark.parametrize("style", ["text", "json"])
async def test_no_secret_is_ever_printed_or_logged_even_at_debug_and_under_every_trouble(tmp_path, style):
    async with outside(tmp_path, models=quick_models()) as there:
        for kind in (FaultKind.DROPPED, FaultKind.BAD_GATEWAY, FaultKind.WRONG_TYPES, FaultKind.TRUNCATED_JSON):
            rule = Rule(Fault(kind), frozenset({*POSTS}), when=lambda prompt, kind=kind: kind.value in prompt)
            there.segmind.weather.add(rule)
        async with booted(there, LOG_LEVEL="DEBUG", LOG_FORMAT=style) as process:
            records = [await there.use(prompt=f"a CANARY-prompt {kind}") for kind in ("[fail]", "dropped", "502", "x")]
            there.discord.gateway.drop()
            async with asyncio.timeout(WAIT_S):
                await records[0].until(lambda one: one.original is not None and has_ended(one.original))
            process.terminate()
            await process.wait()
        log = there.log.read_text(encoding="utf-8")
    assert "job moved" in log
    hidden = [there.discord.token, KEY, "CANARY-prompt", *(record.token for record in records)]
    assert [secret for secret in hidden if secret in log] == []


async def test_a_bot_that_cannot_reach_discord_waits_and_can_be_stopped(tmp_path):
    environment = SECRETS | NOWHERE | {"DATABASE_URL": f"sqlite:///{tmp_path}/imagen.db"}
    async with outside(tmp_path) as there:
        process = await start("run", cwd=tmp_path, environment=there.environment(**environment), log=there.log)
        try:
            async with asyncio.timeout(WAIT_S):
                while "Discord cannot be reached" not in told(there.log):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
                process.terminate()
                assert await process.wait() == 0
        finally:
            await end(process)
        assert "CANARY" not in told(there.log)


def told(log: Path) -> str:
    return log.read_text(encoding="utf-8")
