"""Downloading a picture from an address that came from outside: without key or cookie, and never into a private network."""

import asyncio
import errno
import socket
from collections.abc import Callable
from http import HTTPStatus

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.connector import AddrInfoType
from yarl import URL

from bot.errors import BadPicture, MediaUnavailable
from bot.media.formats import sniff
from bot.media.origins import Origins

SIZE_MAX_BYTES = 24 * 1024 * 1024
DEADLINE_S = 60.0
REDIRECTS_MAX = 3

_CHUNK_BYTES = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# A fresh file may not have reached every edge of a content network yet, which then says 403 or 404.
_TEMPORARY = frozenset({403, 404, 408, 425, 429})


def fetch_session(
    origins: Origins, *, connections: int, resolver: AbstractResolver | None = None
) -> aiohttp.ClientSession:
    """A session of its own for pictures: no key, no cookies, no proxy or password from the environment.

    Its sockets reach only what `origins` opens. Call it with a running event loop, and close it at the end.
    """
    connector = aiohttp.TCPConnector(limit=connections, resolver=resolver, socket_factory=_guard(origins))
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "identity"},
        timeout=aiohttp.ClientTimeout(total=None),  # the Fetcher's deadline runs over all hops together
        trust_env=False,
    )


class Fetcher:
    """Downloads pictures, up to `size_max_bytes` each, within `deadline_s` from the first hop to the last byte."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        origins: Origins,
        size_max_bytes: int = SIZE_MAX_BYTES,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._session = session
        self._origins = origins
        self._size_max_bytes = size_max_bytes
        self._deadline_s = deadline_s

    async def fetch(self, url: str) -> bytes:
        """A file that begins like a picture; `verify` tells whether it is one.

        Raises BadPicture where another try would end the same (an address that is not allowed, too large, not a
        picture), and MediaUnavailable where it may not. Neither names more of the address than its host.
        """
        try:
            async with asyncio.timeout(self._deadline_s):
                data = await self._follow(self._checked(url))
        except TimeoutError:
            raise MediaUnavailable(f"not here after {self._deadline_s:g} s") from None
        except aiohttp.ClientConnectorError as error:
            raise MediaUnavailable(str(error)) from None
        except (aiohttp.ClientError, OSError) as error:  # its text may hold the whole address
            raise MediaUnavailable(f"the download broke off: {type(error).__name__}") from None
        if sniff(data) is None:
            raise BadPicture("what came is neither JPEG nor PNG nor WEBP")
        return data

    async def _follow(self, url: URL) -> bytes:
        for _ in range(REDIRECTS_MAX + 1):
            answer = await self._get(url)
            if isinstance(answer, bytes):
                return answer
            url = self._checked(answer, base=url)
        raise BadPicture("too many redirects")

    def _checked(self, address: str, *, base: URL | None = None) -> URL:
        try:
            url = URL(address) if base is None else base.join(URL(address))
        except ValueError:
            raise BadPicture("the address cannot be read") from None
        if not self._origins.admits(url):
            raise BadPicture(f"pictures may not come from {url.scheme}://{url.raw_host}")
        return url

    async def _get(self, url: URL) -> bytes | str:
        """The body, or where to look instead."""
        async with self._session.get(url, allow_redirects=False) as response:
            if response.status in _REDIRECTS:
                return response.headers.get("Location", "")
            if response.status in _TEMPORARY or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise MediaUnavailable(f"{url.raw_host} answered {response.status}")
            if response.status != HTTPStatus.OK:
                raise BadPicture(f"{url.raw_host} answered {response.status}")
            return await self._body(response)

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        """The whole body; counted as it is unpacked, since a megabyte can unpack to a thousand."""
        received = bytearray()
        if (response.content_length or 0) <= self._size_max_bytes:
            async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                received += chunk
                if len(received) > self._size_max_bytes:
                    break
            else:
                return bytes(received)
        raise BadPicture(f"larger than {self._size_max_bytes} bytes")


def _guard(origins: Origins) -> Callable[[AddrInfoType], socket.socket]:
    """Makes sockets for addresses that `origins` opens: the one place that sees them after DNS, at every hop."""

    def make(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, target = info
        if not origins.opens(str(target[0]), int(target[1])):
            raise PermissionError(errno.EACCES, f"{target[0]} is not on the open internet")
        return socket.socket(family, kind, protocol)

    return make
