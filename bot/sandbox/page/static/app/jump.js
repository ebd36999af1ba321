// Links to a message: Discord's own lead there instead of out of the page.
import { signal } from "./lib.js";
import { look } from "./state.js";

const LINK = /^https:\/\/discord\.com\/channels\/(@me|\d+)\/(\d+)\/(\d+)$/;

/** The id of the message that somebody wants to see; null once it was shown, or is not there. */
export const sought = signal(null);

/** Go to the message that a link names, in place of where the link leads; any other link is left alone. */
export async function follow(event) {
  const found = LINK.exec(event.currentTarget.href);
  if (!found) return;
  event.preventDefault();
  const [, guildId, channelId, messageId] = found;
  await look(guildId === "@me" ? { guild_id: null } : { guild_id: guildId, channel_id: channelId });
  sought.value = messageId;
}
