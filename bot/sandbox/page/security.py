"""Who may open the page: browsers of this machine, and no page of somebody else's."""

from aiohttp import web

# The page's scripts put words into text nodes only; should one ever forget, nothing foreign runs all the same.
_POLICY = """
default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self' ws://{host};
base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'
"""


def headers(host: str) -> dict[str, str]:
    """The headers of everything that the page serves; `host` is its own name and port."""
    return {
        "Content-Security-Policy": " ".join(_POLICY.format(host=host).split()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-cache",
    }


def check_host(request: web.Request, host: str) -> None:
    """Answer 421 to any other name, so that no foreign name can be pointed at this machine (DNS rebinding)."""
    if request.host != host:
        raise web.HTTPMisdirectedRequest(text=f"This page is at http://{host}/ only.\n")


def check_origin(request: web.Request, host: str) -> None:
    """Answer 403 to a websocket that another page wants to open: browsers let every page try."""
    if request.headers.get("Origin") != f"http://{host}":
        raise web.HTTPForbidden(text="Only the page itself may open this.\n")
