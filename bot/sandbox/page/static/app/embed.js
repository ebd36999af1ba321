// An embed, in its plain form: older messages have them, cards do not.
import { html } from "./lib.js";
import { Markdown } from "./markdown_view.js";
import { Gallery } from "./media.js";

export function Embed({ embed }) {
  const accent = embed.color === undefined ? {} : { "--accent": `#${embed.color.toString(16).padStart(6, "0")}` };
  const title = embed.url
    ? html`<a href=${embed.url} target="_blank" rel="noreferrer noopener">${embed.title}</a>`
    : embed.title;
  return html`<div class="container accented embed" style=${accent}>
    ${embed.author && html`<p class="embed-small">${embed.author.name}</p>`}
    ${embed.title && html`<p><strong>${title}</strong></p>`}
    ${embed.description && html`<${Markdown} text=${embed.description} />`}
    ${embed.fields?.map(({ name, value }) => html`<div><strong><${Markdown} text=${name} /></strong><${Markdown} text=${value} /></div>`)}
    ${embed.image && html`<${Gallery} items=${[{ media: embed.image, description: embed.title }]} />`}
    ${embed.footer && html`<p class="embed-small">${embed.footer.text}</p>`}
  </div>`;
}
