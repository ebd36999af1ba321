import asyncio
import contextlib
import gzip
import logging
import resource
import ssl
import traceback
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot import errors
from bot.errors import ProviderError
from bot.ports import Completed, Painted, Painter, Pending, Phase
from bot.segmind import calls, history
from bot.segmind.client import SegmindClient

pytestmark = pytest.mark.asyncio

KEY = "SG_canary0123456789"
NOW_MS = 1_790_000_000_000
URL = "https://images.segmind.com/generations/a.jpeg"
JPEG = b"\xff\xd8\xff\xe0 a small picture"
PAYLOAD = {"prompt": "a cabin"}
NOBODY = "http://127.0.0.1:1"


class StillClock:
    def now_ms(self) -> int:
        return NOW_MS

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("the client never waits")


def client_of(session, base_url, **options) -> SegmindClient:
    known = {"history_url": base_url, "api_key": SecretStr(KEY), "clock": StillClock()}
    return SegmindClient(session, base_url=base_url, **{**known, **options})


@dataclass
class Seen:
    """What reached the server."""

    client: SegmindClient
    requests: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@contextlib.asynccontextmanager
async def served(handler: Handler, **options) -> AsyncIterator[Seen]:
    """A client over a real socket to a server whose every answer comes from `handler`."""

    async def serve(request: web.Request) -> web.StreamResponse:
        seen.requests.append(request)
        seen.bodies.append(await request.read())
        return await handler(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    async with aiohttp.ClientSession() as session:
        seen = Seen(client_of(session, f"http://{host}:{port}", **options))
        try:
            yield seen
        finally:
            await runner.cleanup()


def answering(data=None, *, status=200, **options) -> Handler:
    async def handler(request):
        return web.json_response(data, status=status, **options)

    return handler


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def raw(talk: Talk, **options) -> AsyncIterator[SegmindClient]:
    """A client to a server that speaks (or breaks) HTTP by hand."""

    talks = set()

    async def serve(reader, writer):
        talks.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await talk(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    scheme = options.pop("scheme", "http")
    async with server, aiohttp.ClientSession() as session:
        yield client_of(session, f"{scheme}://127.0.0.1:{port}", **options)
    for task in talks:
        task.cancel()
    await asyncio.gather(*talks, return_exceptions=True)


async def read_request(reader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    return head + await reader.readexactly(length)


def saying(*parts: bytes, pause=False) -> Talk:
    async def talk(reader, writer):
        await read_request(reader)
        for part in parts:
            writer.write(part)
            await writer.drain()
        if pause:
            await reader.read()

    return talk


async def at_once():
    """A turn that comes at once."""


POSTS = (lambda c: c.submit("imagen-4", PAYLOAD), lambda c: c.paint("imagen-4", PAYLOAD))
GETS = (
    lambda c: c.status("r1"),
    lambda c: c.result("r1"),
    lambda c: c.history(slug="imagen-4", since_ms=NOW_MS, turn=at_once),
    lambda c: c.look_up("r1"),
    lambda c: c.balance_microcredits(),
)


async def raised(awaitable) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await awaitable
    return caught.value


async def both_ways(client, *, post, get):
    """Every POST ends as `post` and every GET as `get`."""
    for kinds, ways in ((post, POSTS), (get, GETS)):
        for way in ways:
            assert type(await raised(way(client))) is kinds


# ---------------------------------------------------------------- what it asks


async def test_a_submit_posts_the_payload_with_the_key_in_its_header_only():
    async with served(answering({"request_id": "r1"})) as seen:
        assert await seen.client.submit("imagen-4", {"prompt": " Ünï "}) == "r1"
    [request] = seen.requests
    assert (request.method, request.path, request.content_type) == ("POST", "/v2/imagen-4", "application/json")
    assert request.headers["x-api-key"] == KEY
    assert KEY not in request.path_qs
    assert seen.bodies == [rb'{"prompt": " \u00dcn\u00ef "}']


async def test_every_question_reads_its_own_answer():
    async def handler(request):
        body = {
            "/v2/requests/r1/status": {"status": "QUEUED"},
            "/v2/requests/r2/status": {"status": "COMPLETED"},
            "/v2/requests/r1": {"status": "COMPLETED", "output": URL},
            "/v1/get-user-credits": {"credits": 1.5},
        }[request.path]
        return web.json_response(body)

    async with served(handler) as seen:
        assert await seen.client.status("r1") == Pending(Phase.QUEUED)
        assert await seen.client.status("r2") == Completed()
        assert await seen.client.result("r1") == Painted(url=URL)
        assert await seen.client.balance_microcredits() == 1_500_000


async def test_v1_returns_the_bytes_of_the_picture():
    async def handler(request):
        return web.Response(body=JPEG, content_type="image/jpeg", headers={"x-cost": "0.025"})

    async with served(handler) as seen:
        assert await seen.client.paint("imagen-4-fast", PAYLOAD) == Painted(data=JPEG, cost_microcredits=25_000)
    assert seen.requests[0].path == "/v1/imagen-4-fast"


async def test_a_large_picture_in_base64_is_read_whole():
    async def handler(request):
        return web.json_response({"status": "COMPLETED", "output": "/9j/" + "A" * 4_000_000})

    async with served(handler) as seen:
        painted = await seen.client.result("r1")
    assert len(painted.data) == 3_000_003


async def test_it_does_all_that_the_tracker_asks_of_a_painter():
    async with aiohttp.ClientSession() as session:
        painter: Painter = client_of(session, NOBODY)
    names = [name for name in vars(Painter) if not name.startswith("_")]
    assert [name for name in names if not callable(getattr(painter, name, None))] == []


# ---------------------------------------------------------------- history


def listing(*pages):
    async def handler(request):
        number = int(request.query["page"])
        rows = pages[number - 1] if number <= len(pages) else []
        return web.json_response({"data": rows, "page": number})

    return handler


def book(request_id, *, model="imagen-4", created_ms=NOW_MS):
    return {"request_id": request_id, "model_name": model, "model_created": created_ms}


async def test_the_history_comes_from_its_own_host_with_the_key():
    async with served(listing([book("r1")])) as seen:
        other = client_of(seen.client._session, NOBODY, history_url=seen.client._base_url)
        rows = await other.history(slug="imagen-4", since_ms=NOW_MS, turn=at_once)
    assert [row.request_id for row in rows] == ["r1"]
    assert all(request.headers["x-api-key"] == KEY for request in seen.requests)


async def test_pages_are_turned_until_they_bring_nothing_new():
    pages = ([book("a"), book("b")], [book("b"), book("c"), book("u", model="imagen-4-ultra")])
    async with served(listing(*pages)) as seen:
        rows = await seen.client.history(slug="imagen-4", since_ms=NOW_MS, turn=at_once)
    assert [row.request_id for row in rows] == ["a", "b", "c"]
    assert [request.query["page"] for request in seen.requests] == ["1", "2", "3"]


async def test_each_page_waits_for_a_turn_of_its_own():
    turns = []

    async def turn():
        turns.append(len(seen.requests))

    async with served(listing([book("a")], [book("b")])) as seen:
        await seen.client.history(slug="imagen-4", since_ms=NOW_MS, turn=turn)
    assert turns == list(range(len(seen.requests)))


async def test_pages_are_turned_no_further_back_than_asked():
    async with served(listing([book("a"), book("old", created_ms=NOW_MS - 1)], [book("older")])) as seen:
        rows = await seen.client.history(slug="imagen-4", since_ms=NOW_MS, turn=at_once)
    assert [row.request_id for row in rows] == ["a"]
    assert len(seen.requests) == 1


async def test_an_endless_history_is_no_answer_rather_than_half_of_one():
    pages = [[book(f"r{number}")] for number in range(1000)]
    async with served(listing(*pages)) as seen:
        assert type(await raised(seen.client.history(slug="imagen-4", since_ms=0, turn=at_once))) is errors.Unavailable
    assert len(seen.requests) == history.PAGES_MAX


async def test_a_page_that_fails_fails_the_whole_history():
    async def handler(request):
        first = request.query["page"] == "1"
        return web.json_response([book("a")]) if first else web.Response(status=502, text="<html>")

    async with served(handler) as seen:
        assert (
            type(await raised(seen.client.history(slug="imagen-4", since_ms=NOW_MS, turn=at_once)))
            is errors.Unavailable
        )


async def test_a_full_page_of_long_prompts_fits():
    rows = [
        {**book(f"r{n}"), "request_body": {"prompt": "\U0001f3e0" * 2000, "negative_prompt": "é" * 2000}}
        for n in range(100)
    ]
    async with served(listing(rows)) as seen:
        assert len(await seen.client.history(slug="imagen-4", since_ms=NOW_MS, turn=at_once)) == calls.ROWS_PER_PAGE


async def test_a_request_is_looked_up_or_is_not_there():
    async def handler(request):
        known = request.path.endswith("/r1")
        return web.json_response(book("r1") if known else {"error": "not found"}, status=200 if known else 404)

    async with served(handler) as seen:
        assert (await seen.client.look_up("r1")).request_id == "r1"
        assert await seen.client.look_up("r2") is None


# ---------------------------------------------------------------- what was proven not to be sent


async def test_a_refused_connection_proves_that_nothing_was_taken():
    async with aiohttp.ClientSession() as session:
        await both_ways(client_of(session, NOBODY), post=errors.NotTaken, get=errors.Unavailable)


class NoSuchHost(aiohttp.abc.AbstractResolver):
    async def resolve(self, host, port=0, family=0):
        raise OSError(None, "no such host")

    async def close(self):
        pass


async def test_an_unknown_host_proves_that_nothing_was_taken():
    connector = aiohttp.TCPConnector(resolver=NoSuchHost())
    async with aiohttp.ClientSession(connector=connector) as session:
        client = client_of(session, "http://segmind.invalid")
        await both_ways(client, post=errors.NotTaken, get=errors.Unavailable)


async def test_a_failed_tls_handshake_proves_that_nothing_was_taken():
    async def talk(reader, writer):
        await reader.read(64)
        writer.write(b"HTTP/1.1 400 this is no TLS\r\n\r\n")

    async with raw(talk, scheme="https") as client:
        await both_ways(client, post=errors.NotTaken, get=errors.Unavailable)


async def test_aiohttp_counts_an_untrusted_certificate_among_the_connections_that_never_stood():
    error = aiohttp.ClientConnectorCertificateError(None, ssl.SSLCertVerificationError("self-signed"))
    assert isinstance(error, aiohttp.ClientConnectorError)


async def test_a_handshake_that_stalls_proves_that_nothing_was_taken():
    async def talk(reader, writer):
        while await reader.read(4096):
            pass

    async with raw(talk, scheme="https", connect_s=0.02) as client:
        await both_ways(client, post=errors.NotTaken, get=errors.Unavailable)


async def test_waiting_in_vain_for_a_free_connection_proves_that_nothing_was_taken():
    posts = []
    arrived = asyncio.Event()

    async def talk(reader, writer):
        posts.append(await read_request(reader))
        arrived.set()
        await reader.read()

    async with raw(talk) as client, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        crowded = client_of(session, client._base_url, connect_s=0.05)
        first = asyncio.create_task(crowded.submit("imagen-4", PAYLOAD))
        await arrived.wait()
        assert type(await raised(crowded.submit("imagen-4", PAYLOAD))) is errors.NotTaken
        first.cancel()
    assert len(posts) == 1


# ---------------------------------------------------------------- what may have been sent

CUT = b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\nContent-Type: application/json\r\n\r\n{"request_id": "r1"'


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (b"HTTP/1.1 200 OK\r\nContent-",),
        (CUT,),
        (b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"req\r\n',),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!",),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 9\r\n\r\nnot brotl",),
        (b"HTTP/1.1 200 OK\r\nContent-Length: no\r\n\r\n{}",),
        (b"SSH-2.0-OpenSSH\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000 + b"\r\n\r\n{}",),
        (b"HTTP/1.1 302 Found\r\nLocation: //[bad\r\nContent-Length: 0\r\n\r\n",),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",),
    ],
)
async def test_a_broken_answer_is_unclear_for_a_post_and_asked_again_for_a_get(parts):
    async with raw(saying(*parts)) as client:
        await both_ways(client, post=errors.Unclear, get=errors.Unavailable)


@pytest.mark.parametrize("parts", [(), (CUT,)])
async def test_a_stalled_answer_ends_in_time(parts):
    async with raw(saying(*parts, pause=True), connect_s=0.02, submit_s=0.01, paint_s=0.01, ask_s=0.01) as client:
        await both_ways(client, post=errors.Unclear, get=errors.Unavailable)


async def test_a_body_that_drips_cannot_outlast_the_time_for_the_whole_answer():
    async def talk(reader, writer):
        await read_request(reader)
        writer.write(CUT)
        while not reader.at_eof():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.005)

    async with raw(talk, connect_s=0.02, submit_s=0.05) as client:
        assert type(await raised(client.submit("imagen-4", PAYLOAD))) is errors.Unclear


async def test_a_reset_after_the_request_is_unclear():
    async def talk(reader, writer):
        await read_request(reader)
        writer.transport.abort()

    async with raw(talk) as client:
        await both_ways(client, post=errors.Unclear, get=errors.Unavailable)


OK_SUBMIT = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"request_id": "r1"}'


@pytest.mark.parametrize("ending", ["close", "reset"])
async def test_a_dropped_connection_is_never_posted_again_by_anybody(ending):
    arrived = []
    connections = []

    async def talk(reader, writer):
        connections.append(writer)
        arrived.append(await read_request(reader))
        writer.write(OK_SUBMIT)
        await writer.drain()
        # The connection is kept alive; the second request on it is read and never answered.
        arrived.append(await read_request(reader))
        if ending == "reset":
            writer.transport.abort()

    async with raw(talk) as client:
        assert await client.submit("imagen-4", {"prompt": "first"}) == "r1"
        assert type(await raised(client.submit("imagen-4", {"prompt": "second"}))) is errors.Unclear
        await asyncio.sleep(0.05)
    assert len(connections) == 1
    assert sum(b"second" in request for request in arrived) == 1


async def test_the_same_drop_shows_that_aiohttp_does_repeat_a_get():
    connections = []

    async def talk(reader, writer):
        connections.append(writer)
        await read_request(reader)
        body = b'{"status": "QUEUED"}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        await read_request(reader)

    async with raw(talk) as client:
        assert await client.status("r1") == Pending(Phase.QUEUED)
        assert await client.status("r1") == Pending(Phase.QUEUED)
    assert len(connections) == 2


# ---------------------------------------------------------------- redirects, sizes


async def test_a_redirect_is_not_followed_and_the_key_stays_at_home():
    async with served(answering({"request_id": "r1"})) as elsewhere:

        async def handler(request):
            return web.Response(status=307, headers={"location": elsewhere.client._base_url + request.path})

        async with served(handler) as seen:
            await both_ways(seen.client, post=errors.Unclear, get=errors.Unavailable)
    assert elsewhere.requests == []


def bomb() -> bytes:
    """1 GB of spaces in 1 MB of gzip; its blocks do not know each other, so that one can stand for all."""
    packer = zlib.compressobj(9, wbits=31)
    first, other = (packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + other * 999


def peak_rss_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def test_a_gzip_bomb_is_refused_without_being_unpacked():
    packed = bomb()

    async def handler(request):
        return web.Response(body=packed, headers={"content-encoding": "gzip", "content-type": "application/json"})

    async with served(handler) as seen:
        before_bytes = peak_rss_bytes()
        assert type(await raised(seen.client.status("r1"))) is errors.Unavailable
        assert type(await raised(seen.client.submit("imagen-4", PAYLOAD))) is errors.Unclear
    assert peak_rss_bytes() - before_bytes < 32_000_000


async def test_a_packed_answer_is_unpacked():
    async def handler(request):
        packed = gzip.compress(b'{"request_id": "r1"}')
        return web.Response(body=packed, headers={"content-encoding": "gzip", "content-type": "application/json"})

    async with served(handler) as seen:
        assert await seen.client.submit("imagen-4", PAYLOAD) == "r1"


async def test_an_answer_over_the_limit_is_not_read():
    async with served(answering({"request_id": "r1", "more": "x" * calls.JSON_MAX_BYTES})) as seen:
        assert type(await raised(seen.client.submit("imagen-4", PAYLOAD))) is errors.Unclear
        assert type(await raised(seen.client.status("r1"))) is errors.Unavailable


# ---------------------------------------------------------------- the key


def everything_about(error: BaseException) -> str:
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    inner = [str(error), repr(error), repr(vars(error)), "".join(told.format())]
    return "".join(inner) + "".join(everything_about(e) for e in (error.__cause__, error.__context__) if e)


async def refuse_and_repeat_the_key(request):
    text = f"Unauthorized. API key {request.headers['x-api-key']} is invalid"
    return web.json_response({"error": text}, status=401)


async def test_the_key_shows_in_no_error_log_or_repr(caplog):
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    failures = []
    async with aiohttp.ClientSession() as session:
        clients = [client_of(session, NOBODY)]
        failures += [await raised(way(clients[0])) for way in (*POSTS, *GETS)]
    for talk in (
        saying(),
        saying(CUT),
        saying(b"SSH-2.0\r\n\r\n"),
        saying(b"HTTP/1.1 307 X\r\nLocation: http://b/\r\n\r\n"),
    ):
        async with raw(talk) as client:
            failures += [await raised(way(client)) for way in (*POSTS, *GETS)]
    async with served(refuse_and_repeat_the_key) as seen:
        clients.append(seen.client)
        failures += [await raised(way(seen.client)) for way in (*POSTS, *GETS)]
    asyncio.get_running_loop().set_debug(False)
    assert failures[-1].detail == "Unauthorized. API key [key] is invalid"
    assert [error for error in failures if KEY in everything_about(error)] == []
    assert [error for error in failures if error.__context__ or error.__cause__] == []
    assert KEY not in caplog.text
    assert KEY not in "".join(repr(client) + str(vars(client)) for client in clients)


@pytest.mark.parametrize("key", ["", " ", "a\nb", "a\x00", "schlüssel", " padded "])
async def test_a_key_that_no_header_can_carry_is_refused_at_once_without_being_shown(key):
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ValueError, match="API key is empty or holds") as caught:
            client_of(session, NOBODY, api_key=SecretStr(key))
    assert not key.strip() or key not in str(caught.value)


# ---------------------------------------------------------------- anything at all

HEADS = st.sampled_from([
    b"",
    b"HTTP/1.1 200 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 20\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 20\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nSet-Cookie: =;;=\xff\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 999 \xff\r\nContent-Length: 3\r\n\r\n",
])  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(head=HEADS, junk=st.binary(max_size=40))
async def test_whatever_comes_over_the_wire_ends_as_a_provider_error_or_an_answer(head, junk):
    async with raw(saying(head + junk)) as client:
        for way in (*POSTS, *GETS):
            with contextlib.suppress(ProviderError):
                await way(client)
