// One option of a command, as its kind asks for it.
import { html } from "./lib.js";
import { Choose } from "./choose.js";
import { channelItems, roleItems, userItems } from "./entities.js";
import { packed } from "./files.js";
import { Icon } from "./icons.js";
import { isChosen, Type } from "./options.js";
import { ask } from "./state.js";

const TRUTH = [
  { value: true, label: "True" },
  { value: false, label: "False" },
];

function items(option) {
  switch (option.type) {
    case Type.BOOLEAN:
      return TRUTH;
    case Type.USER:
      return userItems();
    case Type.ROLE:
      return roleItems();
    case Type.MENTIONABLE:
      return [...userItems(), ...roleItems()];
    case Type.CHANNEL:
      return channelItems(option.channel_types);
    default:
      return option.choices;
  }
}

export function OptionField({ option, value, change, error, described, focus, remove, suggesting }) {
  const field = { label: option.label, invalid: Boolean(error), described };
  return html`<span class=${`option${error ? " invalid" : ""}`} data-option=${option.name} onFocusIn=${focus}>
    <span class="option-name" aria-hidden="true">${option.label}</span>
    <${kindOf(option)} option=${option} value=${value} change=${change} field=${field} suggesting=${suggesting} />
    ${
      remove &&
      html`<button
      type="button"
      class="round small"
      aria-label=${`Remove ${option.label}`}
      onClick=${remove}
    ><${Icon} name="close" /></button>`
    }
  </span>`;
}

function kindOf(option) {
  if (option.type === Type.ATTACHMENT) return Attachment;
  return isChosen(option) ? Chosen : Typed;
}

function Typed({ option, value, change, field }) {
  const numeric = option.type === Type.INTEGER || option.type === Type.NUMBER;
  return html`<input
    class=${numeric ? "number" : "words"}
    inputmode=${numeric ? "decimal" : "text"}
    aria-label=${field.label}
    aria-required=${String(option.required)}
    aria-invalid=${field.invalid ? "true" : undefined}
    aria-describedby=${field.described}
    autocomplete="off"
    value=${value ?? ""}
    onInput=${(event) => change(event.currentTarget.value)}
  />`;
}

function Chosen({ option, value, change, field, suggesting }) {
  const suggest = option.autocomplete && ((typed) => suggestions(option, typed, suggesting));
  return html`<${Choose}
    items=${items(option)}
    picked=${value === undefined ? [] : [value]}
    change=${([picked]) => change(picked)}
    suggest=${suggest}
    ...${field}
  />`;
}

/** What the bot suggests for what was typed, knowing the other options as far as they are filled in. */
async function suggestions(option, typed, { command, path, values }) {
  const others = Object.fromEntries(
    Object.entries(values).filter(([name, value]) => name !== option.name && value !== undefined && value !== ""),
  );
  const asked = { command, path, options: { ...others, [option.name]: typed }, focused: option.name };
  const { choices } = await ask("suggest", asked);
  return (choices ?? []).map(({ name, value }) => ({ label: name, value }));
}

function Attachment({ value, change, field }) {
  const pick = async ({ currentTarget: { files } }) => change(files[0] ? await packed(files[0]) : undefined);
  return html`<input
    type="file"
    aria-label=${field.label}
    aria-invalid=${field.invalid ? "true" : undefined}
    aria-describedby=${field.described}
    onChange=${pick}
  />${value && html`<span class="sr">${value.filename}</span>`}`;
}
