// Everything that the page knows, and how news changes it.
import { computed, signal } from "./lib.js";
import { Connection } from "./connection.js";
import { placeInAddress, writeAddress } from "./address.js";

export const connected = signal(null);
export const world = signal(null);
export const weather = signal(null);
export const calls = signal([]);
export const here = signal(null);
export const messages = signal([]);
export const commands = signal([]);
export const mayDelete = signal(false);
/** The messages that came where nobody looks: a set of ids for each channel, and for DIRECT. */
export const unread = signal(new Map());
export const DIRECT = "direct";
export const notices = signal([]);
export const form = signal(null);
export const typingUntil = signal(0);
export const opened = signal(null);
export const announcement = signal("");

export const me = computed(() => world.value?.users.find((user) => user.id === here.value?.user_id) ?? null);
export const guild = computed(() => world.value?.guilds.find((one) => one.id === here.value?.guild_id) ?? null);
export const channel = computed(() => guild.value?.channels.find((one) => one.id === here.value?.channel_id) ?? null);
export const member = computed(() => guild.value?.members.find((one) => one.user_id === here.value?.user_id) ?? null);
export const locale = computed(() => me.value?.locale ?? "en-US");
export const bot = computed(() => world.value?.users.find((user) => user.id === world.value.application.bot_id));
const TYPING_MS = 8000;

let heardOnce = false;
const connection = new Connection(`ws://${location.host}/page/live`, {
  heard: (frame) => hear(frame),
  changed: (open) => {
    connected.value = open;
  },
});

export const ask = (act, body) => connection.ask(act, body);

export function start() {
  connection.open();
  addEventListener("hashchange", () => world.value && look(placeInAddress(world.value)));
}

/** Look at a place as somebody; what is left out stays. Where they may not look, it becomes the first they may. */
export async function look(change = {}) {
  const wanted = allowed({ ...here.value, ...change });
  const moved = wanted.channel_id !== here.value?.channel_id || wanted.user_id !== here.value?.user_id;
  const seen = await ask("look", wanted);
  here.value = { ...wanted, channel_id: seen.channel_id };
  messages.value = seen.messages;
  commands.value = seen.commands;
  mayDelete.value = seen.may_delete;
  unread.value = new Map([...unread.value].filter(([id]) => id !== seen.channel_id)).set(
    DIRECT,
    new Set(seen.unread_direct),
  );
  if (moved) form.value = null;
  writeAddress(world.value, here.value);
}

function allowed(place) {
  const known = world.value.guilds.find((one) => one.id === place.guild_id);
  if (!known) return { ...place, guild_id: null, channel_id: null };
  const own = known.members.find((one) => one.user_id === place.user_id);
  const visible = own?.channels ?? [];
  return { ...place, channel_id: visible.includes(place.channel_id) ? place.channel_id : (visible[0] ?? null) };
}

function hear(frame) {
  switch (frame.type) {
    case "hello":
      world.value = frame.world;
      weather.value = frame.weather;
      calls.value = frame.calls;
      look(heardOnce ? {} : placeInAddress(frame.world));
      heardOnce = true;
      break;
    case "weather":
      weather.value = frame.weather;
      break;
    case "call":
      calls.value = put(calls.value, frame.call, "number").slice(-500);
      break;
    case "commands_changed":
      look();
      break;
    case "typing":
      if (frame.channel_id === here.value?.channel_id) typingUntil.value = Date.now() + TYPING_MS;
      break;
    case "message":
      hearMessage(frame.message);
      break;
    case "message_deleted":
      messages.value = messages.value.filter((one) => one.id !== frame.id);
      break;
  }
}

function hearMessage(message) {
  if (message.channel_id === here.value?.channel_id) {
    typingUntil.value = 0;
    messages.value = put(messages.value, message, "id");
  } else if (message.edited_timestamp === null) {
    const place = message.direct ? DIRECT : message.channel_id;
    unread.value = new Map(unread.value).set(place, new Set(unread.value.get(place)).add(message.id));
  }
}

/** The list with the item in its place, or at the end. */
export function put(list, item, key) {
  const at = list.findLastIndex((each) => each[key] === item[key]);
  return at < 0 ? [...list, item] : list.with(at, item);
}
