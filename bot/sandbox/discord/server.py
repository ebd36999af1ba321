"""The local Discord as a server: REST, gateway and CDN on one port."""

from collections.abc import Iterable

from aiohttp import web

from bot.clock import Clock
from bot.sandbox.discord.builder import sandbox_world
from bot.sandbox.discord.calls import Observer
from bot.sandbox.discord.core import Core
from bot.sandbox.discord.driver import Driver
from bot.sandbox.discord.gateway_socket import GatewayServer
from bot.sandbox.discord.multipart import REQUEST_LIMIT_BYTES
from bot.sandbox.discord.rate_limits import RateLimits
from bot.sandbox.discord.rest_server import RestServer, json_response
from bot.sandbox.discord.world import World


class LocalDiscord(Driver):
    """An honest stand-in: unmodified client libraries connect to it, and tests and people drive it.

    Point a client at `api_url`. Everything a person can do is a method of Driver; everything that can go wrong is in
    `faults`, `gateway` and `limits`; everything that was asked is in `calls`.
    """

    def __init__(self, clock: Clock, *, world: World | None = None, limits: RateLimits | None = None) -> None:
        super().__init__(Core(clock, world or sandbox_world(), limits or RateLimits()))
        self._clock = clock
        self._runner: web.AppRunner | None = None
        self.url = ""

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/v10"

    @property
    def gateway_url(self) -> str:
        return self.core.gateway.url

    @property
    def cdn_url(self) -> str:
        return self.core.attachments.cdn_url

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.core.world.application.token

    def observe(self, callback: Observer) -> None:
        """Have every REST call pass by; the callback may hold it at each of its three steps."""
        self.core.observers.append(callback)

    async def start(
        self, host: str = "127.0.0.1", port: int = 0, *, routes: Iterable[web.AbstractRouteDef] = ()
    ) -> None:
        """Listen; port 0 takes a free one. More routes, such as a page's, may share the port."""
        app = web.Application(client_max_size=REQUEST_LIMIT_BYTES + 1)
        rest = RestServer(self.core)
        gateway = GatewayServer(self.core.gateway, self.core.world, self._clock)
        app.router.add_route("*", "/api/v10/{tail:.*}", rest.serve)
        app.router.add_get("/gateway/", gateway.serve)
        app.router.add_get("/gateway", gateway.serve)
        app.router.add_get("/cdn/attachments/{channel_id}/{attachment_id}/{filename}", self._serve_file)
        app.router.add_routes(routes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, backlog=1024)
        await site.start()
        taken = self._runner.addresses[0][1]
        self.url = f"http://{host}:{taken}"
        self.core.gateway.url = f"ws://{host}:{taken}/gateway"
        self.core.attachments.cdn_url = f"{self.url}/cdn"

    async def stop(self) -> None:
        """End all connections and stop listening."""
        self.core.gateway.drop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        raw_id = request.match_info["attachment_id"]
        attachment = self.core.attachments.get(int(raw_id)) if raw_id.isdecimal() else None
        path = request.path.removeprefix("/cdn")
        if attachment is None or attachment.path != path:
            return json_response(404, {"message": "This content is no longer available."}, {})
        if not self.core.attachments.serves(expires_hex=request.query.get("ex")):
            return json_response(404, {"message": "This content is no longer available."}, {})
        return web.Response(body=attachment.data, headers={"Content-Type": attachment.content_type})
