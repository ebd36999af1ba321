"""Whether Discord knows the bot, and whether it may do in each server what it needs to do."""

import aiohttp
import discord

from bot.checks import Line

# What a card needs, with the names that Discord's own settings show.
NEEDED = discord.Permissions(view_channel=True, send_messages=True, embed_links=True, attach_files=True)
# To see whether a late card was posted already, and to post it in threads.
WANTED = discord.Permissions(read_message_history=True, send_messages_in_threads=True)
# Where discord.py's name is not the one that Discord shows.
_SHOWN = {"read_messages": "View Channels", "send_messages_in_threads": "Send Messages in Threads"}


def permission_names(permissions: discord.Permissions) -> str:
    """Their names, as Discord's own settings show them."""
    return ", ".join(_SHOWN.get(name, name.replace("_", " ").title()) for name, allowed in permissions if allowed)


def lacking(needed: discord.Permissions, given: discord.Permissions) -> discord.Permissions:
    """Those of the needed permissions that were not given."""
    return discord.Permissions(0 if given.administrator else needed.value & ~given.value)


def _server(name: str, given: discord.Permissions) -> Line:
    needed, wanted = lacking(NEEDED, given), lacking(WANTED, given)
    if needed.value:
        advice = "Give them to the bot's role, or invite the bot anew."
        return Line(what=f"server {name}", well=False, told=f"the bot lacks {permission_names(needed)}.", advice=advice)
    told = "the bot may do all that it needs" + (
        f"; {permission_names(wanted)} would help it after long waits" if wanted else ""
    )
    return Line(what=f"server {name}", well=True, told=f"{told}.")


async def check_discord(client: discord.Client, token: str) -> list[Line]:
    """Log in without connecting; a line for the token, and one for each server (the first 200)."""
    what = "Discord"
    try:
        me = await client.http.static_login(token)
        guilds = await client.http.get_guilds(limit=200)
    except discord.LoginFailure:
        return [Line(what=what, well=False, told="the token is not accepted.", advice="Check DISCORD_TOKEN.")]
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        told = f"no answer ({type(error).__name__})."
        return [Line(what=what, well=False, told=told, advice="Check DISCORD_API_URL and the network, then try again.")]
    finally:
        await client.http.close()
    lines = [Line(what=what, well=True, told=f"logged in as {me['username']}; in {len(guilds)} servers.")]
    return lines + [_server(guild["name"], discord.Permissions(int(guild["permissions"]))) for guild in guilds]
