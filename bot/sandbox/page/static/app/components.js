// Components V2, and the rows of older messages.
import { html, useEffect, useState } from "./lib.js";
import { act, failures, pending } from "./acting.js";
import { Choose } from "./choose.js";
import { follow } from "./jump.js";
import { Markdown } from "./markdown_view.js";
import { File, Gallery, lightbox, Picture } from "./media.js";
import { selectDefaults, selectItems } from "./selects.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary link", 6: "secondary" };
const LINK = 5;
const PREMIUM = 6;

const VIEWS = {
  1: Row,
  2: Button,
  9: Section,
  10: ({ shown }) => html`<${Markdown} text=${shown.content} />`,
  11: Thumbnail,
  12: ({ shown }) => html`<${Gallery} items=${shown.items} />`,
  13: ({ shown }) =>
    html`<${File} name=${shown.name} size=${shown.size} url=${shown.file.url} spoiler=${shown.spoiler} />`,
  14: ({ shown }) =>
    html`<hr class=${`separator ${shown.spacing === 2 ? "large" : "small"}${shown.divider ? "" : " bare"}`} />`,
  17: Container,
};

export function Components({ list, message }) {
  return list.map(
    (shown) => html`<${VIEWS[shown.type] ?? Select} key=${shown.id} shown=${shown} message=${message} />`,
  );
}

function Container({ shown, message }) {
  const [revealed, reveal] = useState(!shown.spoiler);
  const accent =
    shown.accent_color === null ? {} : { "--accent": `#${shown.accent_color.toString(16).padStart(6, "0")}` };
  const classes = `container${shown.accent_color === null ? "" : " accented"}${revealed ? "" : " hidden"}`;
  return html`<div class=${classes} style=${accent}>
    ${
      revealed
        ? html`<${Components}
      list=${shown.components}
      message=${message}
    />`
        : html`<button type="button" class="button secondary" onClick=${() => reveal(true)}>Show spoiler</button>`
    }
  </div>`;
}

function Section({ shown, message }) {
  return html`<div class="section">
    <div class="section-text"><${Components} list=${shown.components} message=${message} /></div>
    <div class="accessory"><${Components} list=${[shown.accessory]} message=${message} /></div>
  </div>`;
}

function Thumbnail({ shown }) {
  return html`<div class="thumbnail"><${Picture}
    item=${shown}
    open=${() => (lightbox.value = { items: [shown], at: 0 })}
  /></div>`;
}

function Row({ shown, message }) {
  return html`<div class="row"><${Components} list=${shown.components} message=${message} /></div>`;
}

function Button({ shown, message }) {
  const face = html`${shown.emoji && html`<span class="emoji">${shown.emoji.id ? `:${shown.emoji.name}:` : shown.emoji.name}</span>`}${shown.label}`;
  const classes = `button ${STYLES[shown.style]}`;
  if (shown.style === LINK)
    return html`<a
      class=${classes}
      href=${shown.url}
      target="_blank"
      rel="noreferrer noopener"
      onClick=${follow}
    >${face}<span class="sr">(opens a page)</span></a>`;
  if (shown.style === PREMIUM)
    return html`<button type="button" class=${classes} disabled>A product of the shop</button>`;
  const waits = pending.value.has(`${message.id}/${shown.custom_id}`);
  const press = () => act("press", message, shown.custom_id);
  return html`<button
    type="button"
    class=${`${classes}${waits ? " waits" : ""}`}
    aria-busy=${waits}
    disabled=${shown.disabled || waits}
    onClick=${press}
  >${face}</button>`;
}

function Select({ shown, message }) {
  const defaults = selectDefaults(shown);
  const [picked, pick] = useState(defaults);
  // A card that was edited says anew what is chosen.
  useEffect(() => pick(defaults), [JSON.stringify(shown)]);
  const send = (values) => act("select", message, shown.custom_id, { values });
  const change = (values) => {
    pick(values);
    if (shown.max_values === 1) send(values);
  };
  const enough = picked.length >= shown.min_values && String(picked) !== String(defaults);
  const done = () => shown.max_values > 1 && enough && send(picked);
  return html`<${Choose}
    items=${selectItems(shown)}
    picked=${picked}
    change=${change}
    done=${done}
    min=${shown.min_values}
    max=${shown.max_values}
    label=${shown.placeholder ?? "Make a selection"}
    placeholder=${shown.placeholder ?? "Make a selection"}
    disabled=${shown.disabled || pending.value.has(`${message.id}/${shown.custom_id}`)}
  />`;
}

/** What went wrong when somebody used a component of this message. */
export function Failure({ message }) {
  const words = failures.value.get(message.id);
  return words ? html`<p class="failure" role="alert">${words}</p>` : null;
}
