// Who looks where stands in the address, in words: #as=mia&in=Aquarium/general. So it can be kept and opened again.

export function placeInAddress(world, hash = location.hash) {
  const words = new URLSearchParams(hash.slice(1));
  const user = world.users.find((one) => one.username === words.get("as") && !one.bot) ?? firstMember(world);
  const [guildName, channelName] = (words.get("in") ?? `${world.guilds[0].name}/general`).split("/");
  const guild = world.guilds.find((one) => one.name === guildName);
  const channel = guild?.channels.find((one) => one.name === channelName) ?? guild?.channels[0];
  return { user_id: user.id, guild_id: guild?.id ?? null, channel_id: channel?.id ?? null };
}

export function addressOf(world, place) {
  const user = world.users.find((one) => one.id === place.user_id);
  const guild = world.guilds.find((one) => one.id === place.guild_id);
  const channel = guild?.channels.find((one) => one.id === place.channel_id);
  return `#as=${user.username}&in=${guild ? `${guild.name}/${channel.name}` : "@me"}`;
}

export function writeAddress(world, place) {
  const address = addressOf(world, place);
  if (decodeURIComponent(location.hash) !== address) history.replaceState(null, "", address);
}

function firstMember(world) {
  const plain = world.guilds[0].members.find((one) => one.standing === "member");
  return world.users.find((one) => one.id === plain.user_id);
}
