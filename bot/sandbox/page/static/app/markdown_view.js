// The tree of a text as elements. Words only ever become text nodes.
import { html, useMemo, useState } from "./lib.js";
import { follow } from "./jump.js";
import { parse } from "./markdown.js";
import { bot, commands, guild, look, world } from "./state.js";
import { Time } from "./time.js";

export function Markdown({ text }) {
  const tree = useMemo(() => parse(text), [text]);
  return html`<div class="markdown">${tree.map(node)}</div>`;
}

const all = (nodes) => nodes.map(node);

function node(one) {
  return VIEWS[one.type](one);
}

const VIEWS = {
  text: ({ content }) => content,
  strong: ({ content }) => html`<strong>${all(content)}</strong>`,
  em: ({ content }) => html`<em>${all(content)}</em>`,
  underline: ({ content }) => html`<u>${all(content)}</u>`,
  strike: ({ content }) => html`<s>${all(content)}</s>`,
  spoiler: ({ content }) => html`<${Spoiler}>${all(content)}<//>`,
  inlineCode: ({ content }) => html`<code>${content}</code>`,
  codeBlock: ({ content, language }) =>
    html`<pre aria-label=${language || "code"} tabindex="0"><code>${content}</code></pre>`,
  quote: ({ content }) => html`<blockquote><div>${all(content)}</div></blockquote>`,
  // The page has headings of its own above; those of a message come below them.
  heading: ({ level, content }) =>
    html`<div class=${`heading h${level}`} role="heading" aria-level=${level + 2}>${all(content)}</div>`,
  subtext: ({ content }) => html`<small>${all(content)}</small>`,
  list: ({ ordered, start, items }) => {
    const rows = items.map((item) => html`<li>${all(item)}</li>`);
    return ordered ? html`<ol start=${start}>${rows}</ol>` : html`<ul>${rows}</ul>`;
  },
  link: ({ url, title, content }) =>
    html`<a href=${url} title=${title || url} target="_blank" rel="noreferrer noopener nofollow" onClick=${follow}>${all(content)}</a>`,
  user: ({ id }) => {
    const user = world.value.users.find((each) => each.id === id);
    return html`<span class="mention">@${user?.name ?? "unknown-user"}</span>`;
  },
  role: ({ id }) =>
    html`<span class="mention">@${guild.value?.roles.find((each) => each.id === id)?.name ?? "unknown-role"}</span>`,
  channel: ({ id }) => {
    const channel = guild.value?.channels.find((each) => each.id === id);
    if (!channel) return html`<span class="mention">#unknown</span>`;
    return html`<button type="button" class="mention" onClick=${() => look({ channel_id: id })}>#${channel.name}</button>`;
  },
  command: ({ name, id }) => {
    const known = commands.value.find((each) => each.id === id && each.name === name);
    return html`<span class="mention" title=${known?.description ?? bot.value?.name}>/${known?.label ?? name}</span>`;
  },
  time: ({ atMs, style }) => html`<${Time} atMs=${atMs} style=${style} />`,
  emoji: ({ name }) => `:${name}:`,
  everyone: ({ name }) => html`<span class="mention">@${name}</span>`,
};

function Spoiler({ children }) {
  const [shown, show] = useState(false);
  if (shown) return html`<span class="spoiler shown">${children}</span>`;
  const reveal = () => show(true);
  const key = (event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), reveal());
  return html`<span class="spoiler" role="button" tabindex="0" aria-label="Show spoiler" onClick=${reveal} onKeyDown=${key}>
    <span aria-hidden="true">${children}</span>
  </span>`;
}

/** A text without its marks, to be read aloud. */
export function spoken(text) {
  const words = (nodes) =>
    nodes
      .map((one) => {
        if (one.type === "spoiler") return "spoiler";
        if (one.items) return one.items.map(words).join(". ");
        if (Array.isArray(one.content)) return words(one.content);
        return one.content ?? one.name ?? "";
      })
      .join("");
  return words(parse(text)).trim();
}
