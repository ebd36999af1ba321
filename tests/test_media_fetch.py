"""Downloading pictures: from whom, how much, how long, and what is given away on the way."""

import asyncio
import gzip
import io
import socket
import sys
from contextlib import asynccontextmanager, contextmanager

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.abc import AbstractResolver
from PIL import Image
from yarl import URL

from bot.errors import BadPicture, MediaUnavailable
from bot.media.fetch import Fetcher, fetch_session
from bot.media.origins import IMAGES_ORIGIN, Origins, is_public

_buffer = io.BytesIO()
Image.linear_gradient("L").convert("RGB").save(_buffer, "PNG")
PNG = _buffer.getvalue()

# Addresses that lead into a private network, back to this machine, or nowhere.
_PRIVATE = """
    0.0.0.0 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.0.0.53 127.255.255.254
    169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.254 192.0.0.8 192.0.2.1 192.168.0.1
    192.168.255.254 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
    64:ff9b:1::a00:1 100::1 2001::1 2001:db8::1 2002:7f00:1::1 2002:c0a8:1::1 fc00::1 fd00:ec2::254
    fe80::1 fec0::1 ff02::1
"""
# Other spellings of 127.0.0.1, and of the address where clouds keep their secrets.
_DISGUISES = "2130706433 0x7f000001 017700000001 127.1 0177.0.0.1 0x7f.0.0.1 2852039166 localhost"
PRIVATE, DISGUISES = _PRIVATE.split(), _DISGUISES.split()
HOSTS = [f"[{host}]" if ":" in host else host for host in PRIVATE] + DISGUISES

connects: list[tuple[object, ...]] | None = None


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect" and connects is not None:
        connects.append(arguments[1])


sys.addaudithook(_audit)


@contextmanager
def watched_connects():
    """Every address that any socket of this process connects to meanwhile; the interpreter itself reports them."""
    global connects  # noqa: PLW0603 - an audit hook can never be removed
    connects = []
    try:
        yield connects
    finally:
        connects = None


class Resolver(AbstractResolver):
    """A name server that gives one answer to every question."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    async def resolve(self, host, port=0, family=socket.AF_INET):
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
            for address in self.addresses
        ]

    async def close(self) -> None:
        pass


class Upstream:
    """A web server on this machine that answers with what a test put there, and remembers who asked how."""

    def __init__(self) -> None:
        self.answers = {}
        self.requests = []
        self.origin = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        return await self.answers[request.path](request)

    def serve(self, path: str, body: bytes = PNG, **options) -> str:
        async def answer(_request):
            return web.Response(body=body, **options)

        self.answers[path] = answer
        return self.origin + path

    def redirect(self, path: str, location: str, status=302, **headers) -> str:
        return self.serve(path, b"", status=status, headers={"Location": location, **headers})


@pytest_asyncio.fixture
async def upstream():
    server = Upstream()
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", server.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@asynccontextmanager
async def fetching(*urls: str, resolver=None, **options):
    """A Fetcher that trusts Segmind's own images and these origins."""
    origins = Origins.of([IMAGES_ORIGIN, *urls])
    async with fetch_session(origins, connections=4, resolver=resolver) as session:
        yield Fetcher(session, origins=origins, **options)


# ---------------------------------------------------------------- where pictures may come from


@pytest.mark.asyncio
@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("host", HOSTS)
async def test_an_address_of_a_private_network_is_refused_by_its_name(host, scheme):
    with watched_connects() as seen:
        async with fetching() as fetcher:
            with pytest.raises(BadPicture):
                await fetcher.fetch(f"{scheme}://{host}/x.png")
    assert seen == []


@pytest.mark.asyncio
@pytest.mark.parametrize("host", HOSTS)
async def test_a_socket_to_a_private_network_is_refused_whoever_asks(host):
    with watched_connects() as seen:
        async with fetch_session(Origins.of([IMAGES_ORIGIN]), connections=1) as session:
            with pytest.raises(aiohttp.ClientError):
                await session.get(f"http://{host}/x.png")
    assert seen == []


@pytest.mark.asyncio
@pytest.mark.parametrize("address", PRIVATE)
async def test_an_allowed_name_that_leads_into_a_private_network_is_refused(address):
    with watched_connects() as seen:
        async with fetching(resolver=Resolver(address)) as fetcher:
            with pytest.raises(MediaUnavailable, match="is not on the open internet"):
                await fetcher.fetch(f"{IMAGES_ORIGIN}/x.png")
    assert seen == []


@pytest.mark.asyncio
async def test_a_name_with_many_private_addresses_is_refused_at_each_of_them():
    with watched_connects() as seen:
        async with fetching(resolver=Resolver(*PRIVATE)) as fetcher:
            with pytest.raises(MediaUnavailable):
                await fetcher.fetch(f"{IMAGES_ORIGIN}/x.png")
    assert seen == []


@pytest.mark.asyncio
@pytest.mark.parametrize("host", HOSTS)
async def test_a_redirect_into_a_private_network_is_not_followed(host, upstream):
    url = upstream.redirect("/x.png", f"https://{host}/latest/meta-data")
    with watched_connects() as seen:
        async with fetching(upstream.origin) as fetcher:
            with pytest.raises(BadPicture):
                await fetcher.fetch(url)
    assert len(seen) == len(upstream.requests) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("address", PRIVATE)
async def test_a_redirect_to_an_allowed_name_is_checked_again_after_dns(address, upstream):
    url = upstream.redirect("/x.png", f"{IMAGES_ORIGIN}/x.png")
    with watched_connects() as seen:
        async with fetching(upstream.origin, resolver=Resolver(address)) as fetcher:
            with pytest.raises(MediaUnavailable):
                await fetcher.fetch(url)
    assert len(seen) == 1


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "104.16.0.1", "2606:4700:4700::1111", "2a00:1450::1"])
def test_the_open_internet_is_open(address):
    assert is_public(address)
    assert Origins.of([]).opens(address, 443)


def test_no_private_address_counts_as_public():
    assert [address for address in [*PRIVATE, *DISGUISES, "", "fe80::1%eth0"] if is_public(address)] == []


@pytest.mark.parametrize(
    ("url", "admitted"),
    [
        ("https://images.segmind.com/generations/a.jpeg?x=1#y", True),
        ("https://IMAGES.SEGMIND.COM/a.jpeg", True),
        ("https://images.segmind.com:443/a.jpeg", True),
        ("https://cdn.example.com:8443/a.jpeg", True),
        ("http://127.0.0.1:8099/a.jpeg", True),
        ("http://images.segmind.com/a.jpeg", False),
        ("https://images.segmind.com:8443/a.jpeg", False),
        ("https://cdn.example.com/a.jpeg", False),
        ("https://evil.images.segmind.com/a.jpeg", False),
        ("https://images.segmind.com.evil.com/a.jpeg", False),
        ("https://images.segmind.com./a.jpeg", False),
        ("https://images.segmind.com@evil.com/a.jpeg", False),
        ("https://evil.com\\@images.segmind.com/a.jpeg", False),
        ("https://user:word@images.segmind.com/a.jpeg", False),
        ("https://127.0.0.1:8099/a.jpeg", False),
        ("http://127.0.0.1:8098/a.jpeg", False),
        ("http://localhost:8099/a.jpeg", False),
        ("http://api.internal/a.jpeg", False),
        ("//images.segmind.com/a.jpeg", False),
        ("/a.jpeg", False),
        ("", False),
        ("file:///etc/passwd", False),
        ("ftp://images.segmind.com/a.jpeg", False),
        ("data:image/png;base64,AAAA", False),
        ("https://images.segmind.com:99999/a.jpeg", False),
        ("https://[::1/a.jpeg", False),
    ],
)
@pytest.mark.asyncio
async def test_only_the_listed_origins_are_asked_for_pictures(url, admitted):
    origins = [IMAGES_ORIGIN, "https://cdn.example.com:8443/v2", "http://127.0.0.1:8099", "http://api.internal"]
    if admitted:
        assert Origins.of(origins).admits(URL(url))
        return
    with watched_connects() as seen:
        async with fetching(*origins) as fetcher:
            with pytest.raises(BadPicture):
                await fetcher.fetch(url)
    assert seen == []


@pytest.mark.asyncio
async def test_a_stand_in_may_be_named_localhost(upstream):
    url = upstream.serve("/x.png").replace("127.0.0.1", "localhost")
    async with fetching(upstream.origin.replace("127.0.0.1", "localhost"), resolver=Resolver("127.0.0.1")) as fetcher:
        assert await fetcher.fetch(url) == PNG


# ---------------------------------------------------------------- redirects


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_three_redirects_are_followed_and_a_fourth_is_not(upstream, status):
    upstream.serve("/end.png")
    upstream.redirect("/3", "end.png", status)
    upstream.redirect("/2", upstream.origin + "/3", status)
    one = upstream.redirect("/1", "/2", status)
    zero = upstream.redirect("/0", "/1", status)
    async with fetching(upstream.origin) as fetcher:
        assert await fetcher.fetch(one) == PNG
        with pytest.raises(BadPicture, match="too many redirects"):
            await fetcher.fetch(zero)
    assert [request.path for request in upstream.requests[4:]] == ["/0", "/1", "/2", "/3"]


@pytest.mark.asyncio
@pytest.mark.parametrize("location", ["", "http://[", "javascript:alert(1)"])
async def test_a_redirect_to_nowhere_is_final(upstream, location):
    async with fetching(upstream.origin) as fetcher:
        with pytest.raises(BadPicture):
            await fetcher.fetch(upstream.redirect("/x.png", location))


# ---------------------------------------------------------------- what comes


@pytest.mark.asyncio
@pytest.mark.parametrize("content_type", ["image/png", "image/jpeg", "text/html", "application/octet-stream"])
async def test_the_bytes_decide_and_not_the_content_type(upstream, content_type):
    picture = upstream.serve("/x.png", content_type=content_type)
    page = upstream.serve("/y.png", b"<!DOCTYPE html><h1>Sorry</h1>", content_type=content_type)
    nothing = upstream.serve("/z.png", b"", content_type=content_type)
    async with fetching(upstream.origin) as fetcher:
        assert await fetcher.fetch(picture) == PNG
        for url in (page, nothing):
            with pytest.raises(BadPicture, match="neither"):
                await fetcher.fetch(url)


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [403, 404, 408, 425, 429, 500, 502, 503, 504])
async def test_an_answer_that_may_change_can_be_asked_for_again(upstream, status):
    async with fetching(upstream.origin) as fetcher:
        with pytest.raises(MediaUnavailable, match=f"127.0.0.1 answered {status}"):
            await fetcher.fetch(upstream.serve("/x.png", status=status))


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [201, 206, 400, 401, 410, 451])
async def test_an_answer_that_will_not_change_is_final(upstream, status):
    async with fetching(upstream.origin) as fetcher:
        with pytest.raises(BadPicture, match=f"answered {status}"):
            await fetcher.fetch(upstream.serve("/x.png", status=status))


@pytest.mark.asyncio
async def test_a_file_of_exactly_the_limit_comes_and_one_byte_more_does_not(upstream):
    url = upstream.serve("/x.png")
    async with fetching(upstream.origin, size_max_bytes=len(PNG)) as fetcher:
        assert await fetcher.fetch(url) == PNG
    async with fetching(upstream.origin, size_max_bytes=len(PNG) - 1) as fetcher:
        with pytest.raises(BadPicture, match="larger than"):
            await fetcher.fetch(url)


@pytest.mark.asyncio
async def test_a_body_that_does_not_tell_its_length_is_counted(upstream):
    sent = 0

    async def endless(request):
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(PNG[:8] + b"\0" * 65_536)
            sent += 65_544

    upstream.answers["/x.png"] = endless
    async with fetching(upstream.origin, size_max_bytes=1_000_000) as fetcher:
        with pytest.raises(BadPicture, match="larger than 1000000 bytes"):
            await fetcher.fetch(upstream.origin + "/x.png")
    assert sent < 20_000_000


@pytest.mark.asyncio
async def test_a_body_is_counted_as_it_is_unpacked(upstream):
    packed = {"Content-Encoding": "gzip"}
    small = upstream.serve("/x.png", gzip.compress(PNG), headers=packed)
    large = upstream.serve("/y.png", gzip.compress(PNG + b"\0" * 3_000_000), headers=packed)
    async with fetching(upstream.origin, size_max_bytes=2_000_000) as fetcher:
        assert await fetcher.fetch(small) == PNG
        with pytest.raises(BadPicture, match="larger than"):
            await fetcher.fetch(large)


@pytest.mark.asyncio
async def test_a_body_that_trickles_ends_with_the_deadline(upstream):
    async def trickle(request):
        response = web.StreamResponse()
        await response.prepare(request)
        for byte in PNG:
            await response.write(bytes([byte]))
            await asyncio.sleep(0.02)
        return response

    upstream.answers["/x.png"] = trickle
    started_s = asyncio.get_running_loop().time()
    async with fetching(upstream.origin, deadline_s=0.2) as fetcher:
        with pytest.raises(MediaUnavailable, match=r"not here after 0\.2 s"):
            await fetcher.fetch(upstream.origin + "/x.png")
    assert asyncio.get_running_loop().time() - started_s < 2


@pytest.mark.asyncio
async def test_redirects_share_one_deadline(upstream):
    async def slow(request):
        await asyncio.sleep(0.15)
        return web.Response(status=302, headers={"Location": "/x.png"})

    upstream.answers["/x.png"] = slow
    async with fetching(upstream.origin, deadline_s=0.2) as fetcher:
        with pytest.raises(MediaUnavailable):
            await fetcher.fetch(upstream.origin + "/x.png")


@pytest.mark.asyncio
async def test_a_connection_that_breaks_off_midway_can_be_tried_again(upstream):
    async def cut(request):
        response = web.StreamResponse(headers={"Content-Length": str(len(PNG))})
        await response.prepare(request)
        await response.write(PNG[:100])
        request.transport.abort()
        return response

    upstream.answers["/x.png"] = cut
    async with fetching(upstream.origin) as fetcher:
        with pytest.raises(MediaUnavailable, match="broke off"):
            await fetcher.fetch(upstream.origin + "/x.png?signature=secret")


@pytest.mark.asyncio
async def test_a_server_that_is_not_there_can_be_tried_again():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{unused.getsockname()[1]}"
    async with fetching(origin) as fetcher:
        with pytest.raises(MediaUnavailable) as caught:
            await fetcher.fetch(f"{origin}/x.png?signature=secret")
    assert "secret" not in str(caught.value)


# ---------------------------------------------------------------- what is given away


@pytest.mark.asyncio
async def test_no_key_cookie_or_password_goes_with_the_question(upstream, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password canary\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("SEGMIND_API_KEY", "canary")
    monkeypatch.setenv("HTTP_PROXY", "http://canary:canary@127.0.0.1:9")
    upstream.serve("/x.png", headers={"Set-Cookie": "canary=1; Path=/"})
    url = upstream.redirect("/y.png", "/x.png", **{"Set-Cookie": "canary=2; Path=/"})
    async with fetching(upstream.origin) as fetcher:
        for _ in range(2):
            assert await fetcher.fetch(url) == PNG
    assert len(upstream.requests) == 4
    for request in upstream.requests:
        assert set(request.headers) == {"Host", "Accept", "Accept-Encoding", "User-Agent"}
        assert request.headers["Accept-Encoding"] == "identity"
        assert "canary" not in str(request.headers)
