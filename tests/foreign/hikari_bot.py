"""An ordinary hikari bot: `hikari_bot.py API_URL TOKEN PICTURE`. Tells what it understood, a JSON line a step.

It runs in an environment of its own, so it may import hikari and nothing of this project.
"""

import hashlib
import json
import sys
from pathlib import Path

import hikari

api_url, token, picture = sys.argv[1:]

bot = hikari.GatewayBot(
    token,
    intents=hikari.Intents.GUILDS | hikari.Intents.GUILD_MESSAGES,
    rest_url=api_url,
    banner=None,
    logs="WARNING",
    suppress_optimization_warning=True,
)


def tell(step: str, **facts) -> None:
    print(json.dumps({"step": step} | facts), flush=True)


async def tell_files(step: str, message: hikari.Message) -> None:
    files = []
    for each in message.attachments:
        sha256 = hashlib.sha256(await each.read()).hexdigest()
        files.append({"name": each.filename, "width": each.width, "height": each.height, "sha256": sha256})
    tell(step, message=str(message.id), files=files)


def card(words: str, *, file: hikari.File | None = None) -> hikari.impl.ContainerComponentBuilder:
    container = hikari.impl.ContainerComponentBuilder().add_text_display(words)
    if file:
        gallery = hikari.impl.MediaGalleryComponentBuilder()
        container.add_component(gallery.add_media_gallery_item(file, description="a picture"))
    row = hikari.impl.MessageActionRowBuilder()
    row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "again", label="Again")
    row.add_interactive_button(hikari.ButtonStyle.SECONDARY, "form", label="Form")
    return container.add_component(row)


@bot.listen()
async def started(_event: hikari.StartedEvent) -> None:
    prompt = hikari.CommandOption(
        type=hikari.OptionType.STRING, name="prompt", description="What to paint", is_required=True
    )
    command = bot.rest.slash_command_builder("paint", "Paint a picture").add_option(prompt)
    menus = [
        bot.rest.context_menu_command_builder(hikari.CommandType.MESSAGE, "Inspect image"),
        bot.rest.context_menu_command_builder(hikari.CommandType.USER, "Greet"),
    ]
    application = await bot.rest.fetch_application()
    await bot.rest.set_application_commands(application, [command, *menus])
    guilds = sorted(each.name for each in bot.cache.get_guilds_view().values())
    tell("ready", version=hikari.__version__, guilds=guilds)


@bot.listen()
async def used(event: hikari.InteractionCreateEvent) -> None:
    match event.interaction:
        case hikari.CommandInteraction(command_type=hikari.CommandType.MESSAGE) as interaction:
            await inspect(interaction)
        case hikari.CommandInteraction(command_type=hikari.CommandType.USER) as interaction:
            await greet(interaction)
        case hikari.CommandInteraction() as interaction:
            await paint(interaction)
        case hikari.ComponentInteraction() as interaction:
            await press(interaction)
        case hikari.ModalInteraction() as interaction:
            words = interaction.components[0].components[0].value
            flags = hikari.MessageFlag.EPHEMERAL
            await interaction.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, words, flags=flags)


async def paint(interaction: hikari.CommandInteraction) -> None:
    prompt = interaction.options[0].value
    guild, channel = interaction.get_guild(), interaction.channel
    tell("used", user=interaction.user.username, guild=guild.name, channel=channel.name, prompt=prompt)
    await interaction.create_initial_response(hikari.ResponseType.DEFERRED_MESSAGE_CREATE)
    thinking = await interaction.fetch_initial_response()
    tell("deferred", loading=bool(thinking.flags & hikari.MessageFlag.LOADING))
    file = hikari.File(Path(picture), "picture.png")
    await tell_files("edited", await interaction.edit_initial_response(component=card(prompt, file=file)))
    await interaction.execute("and more", flags=hikari.MessageFlag.EPHEMERAL)


async def inspect(interaction: hikari.CommandInteraction) -> None:
    message = interaction.resolved.messages[interaction.target_id]
    await tell_files("inspected", message)
    flags = hikari.MessageFlag.EPHEMERAL
    await interaction.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, message.author.username, flags=flags)


async def greet(interaction: hikari.CommandInteraction) -> None:
    member = interaction.resolved.members[interaction.target_id]
    tell("greeted", user=interaction.resolved.users[interaction.target_id].username, member=member.display_name)
    await interaction.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, "hello")


async def press(interaction: hikari.ComponentInteraction) -> None:
    await tell_files("pressed", interaction.message)
    if interaction.custom_id == "again":
        changed = card("pressed")
        await interaction.create_initial_response(
            hikari.ResponseType.MESSAGE_UPDATE, component=changed, attachments=None
        )
        return
    row = hikari.impl.ModalActionRowBuilder().add_text_input("words", "Words", max_length=50)
    await interaction.create_modal_response("More", "more", component=row)


bot.run(check_for_updates=False)
