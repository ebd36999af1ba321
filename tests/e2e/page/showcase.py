"""A bot, on the unmodified discord.py, that uses everything the page has to show; it stands in for bots to come."""

import io

import discord
from discord import app_commands, ui
from PIL import Image

MARKDOWN = """\
# Heading one
## Heading two
**bold** *slanted* __under__ ~~struck~~ `code` ||secret|| \\*escaped\\*
> quoted **words**
- first
- second
  - inner
1. one
2. two
```py
print("hi")
```
<@{user}> in <#{channel}> at <t:{at}:R>, see [the page](https://example.com/a_b) or https://example.com/c.
-# subtext"""


def picture(colour: str, width_px: int = 320, height_px: int = 200) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width_px, height_px), colour).save(target, "PNG")
    return target.getvalue()


def _file(name: str, data: bytes) -> discord.File:
    return discord.File(io.BytesIO(data), filename=name)


class Everything(ui.LayoutView):
    """Each component there is."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        gallery = ui.MediaGallery()
        for name in ("red", "green", "blue"):
            gallery.add_item(media=f"attachment://{name}.png", description=f"all {name}", spoiler=name == "blue")
        box = ui.Container(
            ui.Section(
                ui.TextDisplay("### A section\nwith a thumbnail"), accessory=ui.Thumbnail("attachment://red.png")
            ),
            ui.Section(
                ui.TextDisplay("and one with a button"), accessory=ui.Button(label="Beside", custom_id="beside")
            ),
            ui.Separator(spacing=discord.SeparatorSpacing.large),
            gallery,
            ui.File("attachment://notes.txt"),
            self._buttons(),
            accent_colour=discord.Colour(0x8855DD),
        )
        self.add_item(box)
        for select in self._selects():
            self.add_item(ui.ActionRow(select))

    def _buttons(self) -> ui.ActionRow:
        styles = ("primary", "secondary", "success", "danger")
        row = ui.ActionRow()
        for style in styles:
            button = ui.Button(label=style.capitalize(), style=discord.ButtonStyle[style], custom_id=style)
            button.disabled = style == "secondary"
            row.add_item(button)
        row.add_item(ui.Button(label="Link", url="https://example.com/"))
        return row

    def _selects(self) -> list[ui.Item]:
        options = [
            discord.SelectOption(label=name, value=name.lower(), description=f"{name} ones", emoji="🎨")
            for name in ("Warm", "Cold", "Grey")
        ]
        return [
            ui.Select(placeholder="Colours", custom_id="colours", options=options, min_values=1, max_values=2),
            ui.UserSelect(placeholder="A person", custom_id="person"),
            ui.RoleSelect(placeholder="A role", custom_id="role"),
            ui.ChannelSelect(placeholder="A channel", custom_id="channel"),
        ]


class EveryInput(ui.Modal, title="Everything to fill in"):
    name = ui.Label(text="Name", component=ui.TextInput(custom_id="name", max_length=20))
    story = ui.Label(
        text="Story",
        description="As long as you like",
        component=ui.TextInput(custom_id="story", style=discord.TextStyle.paragraph, required=False),
    )
    kind = ui.Label(
        text="Kind",
        component=ui.RadioGroup(
            custom_id="kind", options=[discord.RadioGroupOption(label=each, value=each) for each in ("oil", "ink")]
        ),
    )
    extras = ui.Label(
        text="Extras",
        component=ui.CheckboxGroup(
            custom_id="extras",
            required=False,
            options=[discord.CheckboxGroupOption(label=each, value=each) for each in ("frame", "sign")],
        ),
    )
    sure = ui.Label(text="Sure?", component=ui.Checkbox(custom_id="sure"))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        fields = (self.name, self.story, self.kind)
        values = [str(field.component.value) for field in fields]
        values += [",".join(self.extras.component.values), str(self.sure.component.value)]
        await interaction.response.send_message(" / ".join(values), ephemeral=True)


class Pickers(ui.Modal, title="Everything to pick"):
    person = ui.Label(text="Person", component=ui.UserSelect(custom_id="person"))
    role = ui.Label(text="Role", component=ui.RoleSelect(custom_id="role", required=False))
    anybody = ui.Label(text="Anybody", component=ui.MentionableSelect(custom_id="anybody", required=False))
    where = ui.Label(text="Where", component=ui.ChannelSelect(custom_id="where", required=False))
    colour = ui.Label(
        text="Colour",
        component=ui.Select(
            custom_id="colour",
            options=[
                discord.SelectOption(label="Warm", value="warm", default=True),
                discord.SelectOption(label="Cold", value="cold"),
            ],
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        person = self.person.component.values[0]
        await interaction.response.send_message(f"{person.name} {self.colour.component.values}", ephemeral=True)


class Upload(ui.Modal, title="A file"):
    file = ui.Label(text="File", component=ui.FileUpload(custom_id="file", required=False, max_values=2))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        names = [each.filename for each in self.file.component.values]
        await interaction.response.send_message(f"got {names}", ephemeral=True)


@app_commands.command(description="Every component")
async def show(interaction: discord.Interaction) -> None:
    files = [_file(f"{name}.png", picture(name)) for name in ("red", "green", "blue")]
    await interaction.response.send_message(view=Everything(), files=[*files, _file("notes.txt", b"some notes")])


@app_commands.command(description="Every mark of Discord's markdown")
async def words(interaction: discord.Interaction) -> None:
    at = int(interaction.created_at.timestamp()) + 90
    text = MARKDOWN.format(user=interaction.user.id, channel=interaction.channel_id, at=at)
    await interaction.response.send_message(text)


@app_commands.command(description="Repeat after me")
async def echo(interaction: discord.Interaction, text: str) -> None:
    await interaction.response.send_message(text)


@app_commands.command(description="A form")
@app_commands.choices(kind=[app_commands.Choice(name=each, value=each) for each in ("inputs", "pickers", "upload")])
async def form(interaction: discord.Interaction, kind: str = "inputs") -> None:
    forms = {"inputs": EveryInput, "pickers": Pickers, "upload": Upload}
    await interaction.response.send_modal(forms[kind]())


@app_commands.command(
    description=app_commands.locale_str("Bring fruit", de="Obst holen"),
    name=app_commands.locale_str("fruit", de="obst"),
)
@app_commands.rename(kind=app_commands.locale_str("kind", de="sorte"))
@app_commands.describe(kind=app_commands.locale_str("Which one", de="Welches"))
async def fruit(
    interaction: discord.Interaction,
    *,
    kind: str,
    count: app_commands.Range[int, 1, 9] = 1,
    ripe: bool = True,
    who: discord.User | None = None,
    weight: float | None = None,
    photo: discord.Attachment | None = None,
) -> None:
    parts = [f"{count} {kind}", f"ripe {ripe}", f"for {who.name if who else 'nobody'}", f"weight {weight}"]
    parts.append(f"photo {photo.filename if photo else 'none'}")
    await interaction.response.send_message(", ".join(parts))


@fruit.autocomplete("kind")
async def suggest(_interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    return [
        app_commands.Choice(name=f"{current or 'any'} {each}", value=f"{current}-{each}") for each in ("apple", "pear")
    ]


@app_commands.command(description="Never an answer")
async def silent(_interaction: discord.Interaction) -> None: ...


@app_commands.command(description="Only for your eyes")
async def whisper(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("psst", ephemeral=True)


@app_commands.command(description="A direct message")
async def letter(interaction: discord.Interaction) -> None:
    await interaction.user.send("a letter for you")
    await interaction.response.send_message("sent", ephemeral=True)


@app_commands.command(description="For adults", nsfw=True)
async def grown(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("well then")


limits = app_commands.Group(
    name="limits", description="Limits", default_permissions=discord.Permissions(manage_guild=True)
)


@limits.command(name="set", description="Set a limit")
async def set_limit(interaction: discord.Interaction, images: int) -> None:
    await interaction.response.send_message(f"limit {images}")


@limits.command(name="show", description="Show the limit")
async def show_limit(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("no limit")


@app_commands.context_menu(name="Inspect")
async def inspect(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"message {message.id}", ephemeral=True)


@app_commands.context_menu(name="Report")
async def report(interaction: discord.Interaction, _message: discord.Message) -> None:
    await interaction.response.send_modal(Upload())


@app_commands.context_menu(name="Ignore")
async def ignore(_interaction: discord.Interaction, _message: discord.Message) -> None: ...


@app_commands.context_menu(name="Judge")
@app_commands.default_permissions(manage_messages=True)
async def judge(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"judged {message.id}", ephemeral=True)


@app_commands.context_menu(name="Greet")
async def greet(interaction: discord.Interaction, user: discord.Member) -> None:
    await interaction.response.send_message(f"hello {user.name}")


COMMANDS = (
    show,
    words,
    echo,
    form,
    fruit,
    silent,
    whisper,
    letter,
    grown,
    limits,
    inspect,
    report,
    ignore,
    judge,
    greet,
)


class German(app_commands.Translator):
    async def translate(self, string, locale, _context):
        return string.extras.get("de") if locale is discord.Locale.german else None


class Showcase(discord.Client):
    """Answers a press with the name of what was pressed; a button named `danger` gets no answer."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), guild_ready_timeout=0.05, max_messages=None)
        self.tree = app_commands.CommandTree(self)
        for command in COMMANDS:
            self.tree.add_command(command)

    async def setup_hook(self) -> None:
        await self.tree.set_translator(German())
        await self.tree.sync()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type is not discord.InteractionType.component or interaction.data["custom_id"] == "danger":
            return
        chosen = interaction.data.get("values") or [interaction.data["custom_id"]]
        await interaction.response.send_message(f"chose {', '.join(chosen)}", ephemeral=True)
