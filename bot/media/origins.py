"""Where pictures may come from: which addresses a URL may name, and which a socket may reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from typing import Self

from yarl import URL

IMAGES_ORIGIN = "https://images.segmind.com"

_LOCALHOST = ("127.0.0.1", "::1")
# Global unicast. What lies outside (loopback, link-local, NAT64's 64:ff9b::/96, …) can lead into a private network.
_UNICAST = IPv6Network("2000::/3")
# Set aside for protocols of the local network; older versions of Python call some of it global.
_LOCAL_PROTOCOLS = IPv4Network("192.0.0.0/24")
# 6to4 carries an IPv4 address, which may be a private one.
_SIX_TO_FOUR = IPv6Network("2002::/16")


def is_public(address: str) -> bool:
    """Whether an IP address is on the open internet; False for anything that is no address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if not ip.is_global or ip.is_multicast:
        return False
    if isinstance(ip, IPv4Address):
        return ip not in _LOCAL_PROTOCOLS
    return ip in _UNICAST and ip not in _SIX_TO_FOUR


def _own_addresses(url: URL) -> tuple[str, ...]:
    """The loopback addresses that a URL names outright; none for any other host, whatever DNS says of it."""
    if url.host == "localhost":
        return _LOCALHOST
    try:
        is_loopback = url.host is not None and ip_address(url.host).is_loopback
    except ValueError:
        return ()
    return (str(url.host),) if is_loopback else ()


def _origin(url: URL) -> tuple[str, str, int]:
    """Scheme, host and port, the port also where the URL leaves it to the scheme."""
    if not url.host or not url.port:
        raise ValueError("an origin needs a scheme and a host")
    return url.scheme, url.host, url.port


@dataclass(frozen=True, slots=True)
class Origins:
    """The origins that the operator trusts with pictures; build it with `of`.

    `trusted` are https origins, and http ones on this machine (a stand-in). `loopback` are the address and port pairs
    of those on this machine: the only addresses off the open internet that a socket may reach.
    """

    trusted: frozenset[tuple[str, str, int]]
    loopback: frozenset[tuple[str, int]]

    @classmethod
    def of(cls, urls: Iterable[str]) -> Self:
        """Scheme, host and port of each URL; an http one counts only with a loopback host.

        Raises ValueError for a URL without scheme or host.
        """
        origins = {_origin(url): _own_addresses(url) for url in map(URL, urls)}
        return cls(
            frozenset(origin for origin, own in origins.items() if origin[0] == "https" or own),
            frozenset((address, port) for (_, _, port), own in origins.items() for address in own),
        )

    def admits(self, url: URL) -> bool:
        """Whether a picture may be asked for at this URL."""
        if url.user is not None or url.password is not None:
            return False
        try:
            return _origin(url) in self.trusted
        except ValueError:
            return False

    def opens(self, address: str, port: int) -> bool:
        """Whether a socket may be opened to this address, which is what DNS answered, not what a URL says."""
        return is_public(address) or (address, port) in self.loopback
