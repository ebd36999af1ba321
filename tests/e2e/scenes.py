"""What moderators and members do in the cut tests: each in a server of its own, prepared, done, and done again.

`calls` names the calls to Discord that follow from it, at each of which it can be held. `done` and `again` are the
message ids of what whoever does it is told: where it was not done before, and where it was.
"""

from typing import ClassVar

from bot.moderation.cases import Act
from bot.sandbox.discord.components import walk
from bot.sandbox.discord.interactions import InteractionRecord
from bot.sandbox.discord.messages import Message
from bot.sandbox.discord.world import Channel, ChannelType
from tests.e2e.court import BLOCKED_WORD, Court, Server
from tests.e2e.gates import DiscordCall


class Scene:
    """One act in one server. `images` are the cards of its requests, `card` is what is pressed upon."""

    name: ClassVar[str]
    # What is written down with it, once; None where it makes a case or an appeal of its own.
    act: ClassVar[Act | None] = None
    done: ClassVar[str]
    again: ClassVar[str]
    calls: ClassVar[tuple[str, ...]]

    def __init__(self, court: Court) -> None:
        self.court = court
        self.server: Server = court.found(self.name)
        self.images: list[Message] = []
        self.card: Message | None = None
        self.custom_id = ""
        self.opened: InteractionRecord | None = None

    async def prepare(self) -> None:
        """Bring the server to where it can be done."""
        raise NotImplementedError

    async def do(self) -> InteractionRecord:
        """Do it, or try to do it again with what is on the screen."""
        assert self.card is not None
        return self.court.press(self.card, self.custom_id, self.court.mona)

    def matches(self, name: str, call: DiscordCall) -> bool:
        """Whether a call in this server is the one of that name."""
        match name:
            case "answer":
                return call.route.endswith("/callback")
            case "image" | "other image":
                return self._edits(self.images[name != "image"], call)
            case "log":
                return call.method == "PATCH" and call.params.get("channel_id") == str(self.server.log.id)
            case "post":
                return call.method == "POST" and call.path == f"/channels/{self.server.log.id}/messages"
            case "direct":
                channel = self.court.local.world.channel(int(call.params.get("channel_id", 0)))
                return call.method == "POST" and channel is not None and channel.type is ChannelType.DM
        raise ValueError(name)

    def _edits(self, image: Message, call: DiscordCall) -> bool:
        record = self.court.local.core.interactions.with_token(call.params.get("webhook_token", ""))
        by_token = record is not None and record.original is image
        return call.method == "PATCH" and (by_token or call.params.get("message_id") == str(image.id))

    # ------------------------------------------------------------ ways to get there

    async def imagine(self, channel: Channel | None = None) -> None:
        """The member has an image made."""
        asked = await self.court.imagine(self.server, "a quiet garden", channel or self.server.general)
        await asked.until(lambda record: record.body is not None and bool(record.body.attachments))
        assert asked.message is not None
        self.images.append(asked.message)

    async def blocked(self, prompt: str) -> Message:
        """The member is refused; returns what they are told."""
        refused = await (await self.court.imagine(self.server, prompt, self.server.general)).answered()
        assert refused.message is not None
        return refused.message

    async def open_report(self) -> InteractionRecord:
        """Jules opens the form about the first image."""
        await self.court.rest([self.server])
        return await self.court.menu(self.images[0], "Report image", self.court.jules)

    async def reported(self) -> None:
        """Jules reports the first image, and the moderators have its card."""
        await (await self.court.send(await self.open_report())).answered()
        await self.on_card("delete")

    async def on_card(self, does: str) -> None:
        """The newest card in the log that has such a button; it is what will be pressed."""

        def there() -> list[Message]:
            cards = self.court.local.messages(self.server.log.id)
            return [each for each in cards if pressable(each, does)]

        await self.court.until(lambda: bool(there()), what=lambda: f"{self.server.guild.name}: no card to {does}")
        await self.court.rest([self.server])
        self.card = there()[-1]
        self.custom_id = pressable(self.card, does)


class Delete(Scene):
    name, act = "delete", Act.DELETE
    done, again = "moderation.done.delete", "moderation.idle.removed"
    calls = ("answer", "image", "log")

    async def prepare(self) -> None:
        await self.imagine()
        await self.reported()


class Blur(Delete):
    name, act = "blur", Act.BLUR
    done, again = "moderation.done.blur", "moderation.idle.blurred"

    async def prepare(self) -> None:
        await super().prepare()
        await self.on_card("blur")


class DeleteAll(Scene):
    name, act = "delete all", Act.DELETE_ALL
    done, again = "moderation.done.delete_all", "moderation.idle.no_images"
    calls = ("answer", "image", "other image", "log")

    async def prepare(self) -> None:
        # discord.py changes one message of a channel after the other, so that one that is held would hold the other.
        await self.imagine()
        await self.imagine(self.server.other)
        await self.reported()
        await self.on_card("confirm_all")
        question = await (await super().do()).answered()
        self.card = question.message
        assert self.card is not None
        self.custom_id = pressable(self.card, "delete_all")


class Moderate(Scene):
    """ "Moderate image": what is pressed stands in a private panel, and makes the case."""

    name, act = "moderate", Act.DELETE
    done, again = "case.state.removed", "moderation.idle.removed"
    calls = ("answer", "image", "post")

    async def prepare(self) -> None:
        await self.imagine()
        await self.court.rest([self.server])
        self.card = (await self.court.menu(self.images[0], "Moderate image", self.court.mona)).message
        assert self.card is not None
        self.custom_id = pressable(self.card, "delete")


class Pause(Scene):
    name, act = "pause", Act.PAUSE
    done, again = "moderation.done.pause.lasting", "moderation.idle.paused"
    calls = ("answer", "log")

    async def prepare(self) -> None:
        await self.blocked(f"a {BLOCKED_WORD}")
        await self.on_card("pause")


class Appeal(Scene):
    """The form may be told of twice, and so says the same again."""

    name = "appeal"
    done = again = "appeal.sent"
    calls = ("answer", "log")

    async def prepare(self) -> None:
        refusal = await self.blocked(f"a {BLOCKED_WORD}")
        await self.on_card("pause")
        pressed = self.court.press(refusal, pressable(refusal, "appeal"), self.server.member_id)
        self.opened = await pressed.until(lambda record: record.modal is not None)

    async def do(self) -> InteractionRecord:
        assert self.opened is not None
        return await self.court.send(self.opened)


class Approve(Appeal):
    """Of two blocks, for which the strike rule paused the member; so the pause goes, too."""

    name, act = "approve", Act.APPROVE
    done, again = "moderation.done.approve", "moderation.idle.decided"
    calls = ("answer", "log", "direct")

    async def prepare(self) -> None:
        await self.blocked(f"one {BLOCKED_WORD}")
        await super().prepare()
        await (await super().do()).answered()
        await self.on_card("approve")

    async def do(self) -> InteractionRecord:
        return await Scene.do(self)


class Report(Scene):
    name = "report"
    done, again = "report.sent", "report.twice"
    calls = ("answer", "post")

    async def prepare(self) -> None:
        await self.imagine()
        self.opened = await self.open_report()

    async def do(self) -> InteractionRecord:
        assert self.opened is not None
        return await self.court.send(self.opened)


SCENES: tuple[type[Scene], ...] = (Delete, Moderate, Blur, DeleteAll, Pause, Approve, Report, Appeal)


def pressable(message: Message, does: str) -> str:
    """The custom_id of the message's button that does this; empty where there is none."""
    ids = (each["custom_id"] for _, each in walk(message.body.components) if "custom_id" in each)
    return next((each for each in ids if f":{does}:" in each), "")
