// What a select menu of any kind offers, on a card as in a form.
import { channelItems, roleItems, userItems } from "./entities.js";

export const Kind = { BUTTON: 2, STRING: 3, USER: 5, ROLE: 6, MENTIONABLE: 7, CHANNEL: 8 };
export const SELECTS = [Kind.STRING, Kind.USER, Kind.ROLE, Kind.MENTIONABLE, Kind.CHANNEL];

export function selectItems(select) {
  switch (select.type) {
    case Kind.USER:
      return userItems();
    case Kind.ROLE:
      return roleItems();
    case Kind.MENTIONABLE:
      return [...userItems(), ...roleItems()];
    case Kind.CHANNEL:
      return channelItems(select.channel_types);
    default:
      return select.options.map(({ value, label, description, emoji }) => ({
        value,
        label,
        description,
        before: emoji?.id ? `:${emoji.name}:` : emoji?.name,
      }));
  }
}

/** What is chosen before anybody chose; a default that is gone, or that the person does not see, is not. */
export function selectDefaults(select) {
  if (select.default_values) {
    const there = new Set(selectItems(select).map(({ value }) => value));
    return select.default_values.map(({ id }) => String(id)).filter((id) => there.has(id));
  }
  return (select.options ?? []).filter((option) => option.default).map(({ value }) => value);
}
