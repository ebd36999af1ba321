// People, roles and channels: their faces, and lists of them to choose from.
import { html } from "./lib.js";
import { Icon } from "./icons.js";
import { guild, me, world } from "./state.js";

const HUES = [172, 262, 22, 205, 330, 140, 45, 290];

export function hue(id) {
  return HUES[Number(BigInt(id) >> 22n) % HUES.length];
}

export function Avatar({ user, small = false }) {
  const classes = `avatar${small ? " small" : ""}`;
  if (user.bot) return html`<img class=${classes} src="/page/icon.svg" alt="" />`;
  return html`<span
    class=${classes}
    style=${{ "--hue": hue(user.id) }}
    data-letter=${user.name[0]}
    aria-hidden="true"
  ></span>`;
}

const userItem = (user) => ({
  value: user.id,
  label: user.name,
  description: user.username,
  before: html`<${Avatar} user=${user} small />`,
});

export function userItems() {
  if (!guild.value) return world.value.users.filter((user) => user.id === me.value.id || user.bot).map(userItem);
  return world.value.users.filter((user) => guild.value.members.some((one) => one.user_id === user.id)).map(userItem);
}

export function roleItems() {
  return (guild.value?.roles ?? []).map((role) => ({
    value: role.id,
    label: role.name,
    before: html`<${Icon} name="people" />`,
  }));
}

export function channelItems(types) {
  const own = guild.value?.members.find((one) => one.user_id === me.value.id);
  return (guild.value?.channels ?? [])
    .filter((channel) => own?.channels.includes(channel.id) && (!types?.length || types.includes(channel.type)))
    .map((channel) => ({
      value: channel.id,
      label: channel.name,
      before: html`<${Icon} name=${channel.parent_id ? "thread" : "hash"} />`,
    }));
}
