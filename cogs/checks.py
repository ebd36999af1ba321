"""Whether Discord knows the bot, and whether it may do in each server what it needs to do."""

import aiohttp
import discord

from bot.checks import Line
from bot.text import FALLBACK, Texts
from cogs.permissions import NEEDED, WANTED, lacking, permission_names


def _server(name: str, given: discord.Permissions, texts: Texts) -> Line:
    needed, wanted = lacking(NEEDED, given), lacking(WANTED, given)
    if needed.value:
        advice = "Give them to the bot's role, or invite the bot anew."
        told = f"the bot lacks {permission_names(needed, texts, FALLBACK)}."
        return Line(what=f"server {name}", well=False, told=told, advice=advice)
    told = "the bot may do all that it needs" + (
        f"; {permission_names(wanted, texts, FALLBACK)} would help it after long waits" if wanted else ""
    )
    return Line(what=f"server {name}", well=True, told=f"{told}.")


async def check_discord(client: discord.Client, token: str, texts: Texts) -> list[Line]:
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
    return lines + [_server(guild["name"], discord.Permissions(int(guild["permissions"])), texts) for guild in guilds]
