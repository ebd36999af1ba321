"""The page's routes, and who is told what."""

from typing import Any, assert_never

from aiohttp import web

from bot.sandbox.discord import LocalDiscord
from bot.sandbox.discord.calls import Call as DiscordCall
from bot.sandbox.discord.calls import Step as DiscordStep
from bot.sandbox.discord.messages import Message
from bot.sandbox.discord.watch import Event, Happened
from bot.sandbox.page import views
from bot.sandbox.page.acts import Acts
from bot.sandbox.page.assets import load_assets
from bot.sandbox.page.conditions import WeatherPanel
from bot.sandbox.page.journal import Journal
from bot.sandbox.page.security import check_host, check_origin, headers
from bot.sandbox.page.viewpoint import Viewpoint
from bot.sandbox.page.window import Window
from bot.sandbox.segmind import Call as SegmindCall
from bot.sandbox.segmind import LocalSegmind, Step

Json = dict[str, Any]


class Page:
    """A window onto both stand-ins. Serve `routes()` on the local Discord's own port, where its pictures are, too.

    `speed` is how many times as fast as Segmind the local one draws at first.
    """

    def __init__(self, discord: LocalDiscord, segmind: LocalSegmind, *, speed: float = 1.0) -> None:
        self._discord = discord
        self._assets = load_assets()
        self._weather = WeatherPanel(segmind, speed=speed)
        self._windows: set[Window] = set()
        self._dismissed: set[int] = set()
        self._read_direct: dict[int, int] = {}
        self._journal = Journal(lambda line: self._tell_all({"type": "call", "call": line}))
        self._acts = Acts(discord).by_name | {
            "dismiss": self._dismiss,
            "weather": self._change_weather,
            "call": self._show_call,
        }
        discord.subscribe(self._on_event)
        discord.observe(self._on_discord_call)
        segmind.observe(self._on_segmind_call)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._serve_asset),
            web.get("/page/live", self._serve_window),
            web.get("/page/{path:.+}", self._serve_asset),
        ]

    # ------------------------------------------------------------ serving

    @property
    def _host(self) -> str:
        return self._discord.url.removeprefix("http://")

    async def _serve_asset(self, request: web.Request) -> web.Response:
        check_host(request, self._host)
        asset = self._assets.get(request.match_info.get("path", "index.html"))
        if asset is None:
            return web.Response(status=404, text="There is no such file.\n", headers=headers(self._host))
        content_type = {"Content-Type": asset.content_type}
        return web.Response(body=asset.data, headers=headers(self._host) | content_type)

    async def _serve_window(self, request: web.Request) -> web.StreamResponse:
        check_host(request, self._host)
        check_origin(request, self._host)
        window = Window(Viewpoint(self._dismissed, self._read_direct), self._acts)
        window.tell(
            {
                "type": "hello",
                "world": views.world(self._discord.core),
                "weather": self._weather.view(),
                "calls": self._journal.lines(),
            }
        )
        self._windows.add(window)
        try:
            return await window.serve(request)
        finally:
            self._windows.discard(window)

    def _tell_all(self, frame: Json) -> None:
        for window in self._windows:
            window.tell(frame)

    # ------------------------------------------------------------ news

    def _on_event(self, event: Event) -> None:
        match event.happened:
            case Happened.INTERACTION_CREATED | Happened.INTERACTION_ANSWERED:
                self._journal.note(event.subject)
            case Happened.MESSAGE_CREATED | Happened.MESSAGE_UPDATED:
                self._tell_of(event.subject)
            case Happened.MESSAGE_DELETED:
                self._tell_gone(event.subject)
            case Happened.TYPING:
                self._tell_all({"type": "typing", "channel_id": str(event.channel_id)})
            case _:
                assert_never(event.happened)

    def _tell_of(self, message: Message) -> None:
        frame = {"type": "message", "message": views.message(self._discord.core, message)}
        for window in self._windows:
            at = window.viewpoint
            seen = message.visible_to(at.user_id) and message.id not in self._dismissed
            if seen and views.can_see(self._discord.core, at.user_id, message.channel_id):
                window.tell(frame)

    def _tell_gone(self, message: Message) -> None:
        self._tell_all({"type": "message_deleted", "id": str(message.id), "channel_id": str(message.channel_id)})

    async def _on_discord_call(self, call: DiscordCall, step: DiscordStep) -> None:
        self._journal.note(call)
        if step is DiscordStep.ACTED and call.method != "GET" and call.route.partition("{")[2].count("/commands"):
            self._tell_all({"type": "commands_changed"})

    def _on_segmind_call(self, step: Step, call: SegmindCall) -> None:
        self._journal.note(call)
        if step is Step.ANSWERED:
            self._tell_weather()

    def _tell_weather(self) -> None:
        self._tell_all({"type": "weather", "weather": self._weather.view()})

    # ------------------------------------------------------------ acts that are the page's own

    async def _dismiss(self, at: Viewpoint, asked: Json) -> Json:
        """Put a private message away, in every window of its person."""
        message = self._discord.core.messages.get(int(asked["message_id"]))
        if message is not None and message.ephemeral_to == at.user_id:
            self._dismissed.add(message.id)
            self._tell_gone(message)
        return {}

    async def _change_weather(self, _at: Viewpoint, asked: Json) -> Json:
        if "condition" in asked:
            self._weather.change(str(asked["condition"]), str(asked.get("detail") or ""))
        if "speed" in asked:
            self._weather.set_speed(float(asked["speed"]))
        if "balance_microcredits" in asked:
            self._weather.set_balance(int(asked["balance_microcredits"]))
        self._tell_weather()
        return {}

    async def _show_call(self, _at: Viewpoint, asked: Json) -> Json:
        return self._journal.details(int(asked["number"]))
