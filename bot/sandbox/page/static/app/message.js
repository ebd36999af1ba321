// One message: who says it, how it was called for, and what it says.
import { html } from "./lib.js";
import { use } from "./acting.js";
import { Components, Failure } from "./components.js";
import { Embed } from "./embed.js";
import { Avatar } from "./entities.js";
import { Icon } from "./icons.js";
import { Markdown } from "./markdown_view.js";
import { bytes, File, Gallery } from "./media.js";
import { openMenu } from "./menu.js";
import { ask, bot, channel, commands, guild, locale, mayDelete, me, world } from "./state.js";
import { format } from "./time.js";

const V2 = 1 << 15;
const LOADING = 1 << 7;
const SLASH = 1;
const ON_USER = 2;
const ON_MESSAGE = 3;

export function Message({ message }) {
  const author = world.value.users.find((user) => user.id === message.author.id);
  const loading = Boolean(message.flags & LOADING);
  const mentioned = message.mention_everyone || message.mentions.some((user) => user.id === me.value.id);
  const classes = `message${message.ephemeral ? " private" : ""}${mentioned ? " mentioned" : ""}`;
  const menu = (event) => openMenu(event, "Message", messageItems(message));
  return html`<li class=${classes} data-id=${message.id} onContextMenu=${menu}>
    <article aria-label=${`${author.name}, ${format(Date.parse(message.timestamp), "t", locale.value)}`}>
      <${Calling} message=${message} />
      <${Avatar} user=${author} />
      <div class="message-head">
        <${Name} user=${author} />
        ${author.bot && html`<span class="badge">APP</span>`}
        <time
          datetime=${message.timestamp}
          title=${format(Date.parse(message.timestamp), "F", locale.value)}
        >${format(Date.parse(message.timestamp), "t", locale.value)}</time>
      </div>
      <div class="message-body">
        ${loading ? html`<${Thinking} name=${author.name} />` : html`<${Body} message=${message} />`}
        <${Failure} message=${message} />
        ${message.ephemeral && html`<${Private} message=${message} />`}
      </div>
      <button
        type="button"
        class="round more"
        aria-label="What can be done with this message"
        aria-haspopup="menu"
        onClick=${menu}
      ><${Icon} name="more" /></button>
    </article>
  </li>`;
}

function Thinking({ name }) {
  return html`<p class="thinking">
    <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>${name} is thinking…
  </p>`;
}

function Body({ message }) {
  const v2 = Boolean(message.flags & V2);
  const edited =
    message.edited_timestamp &&
    html`<span class="edited" title=${format(Date.parse(message.edited_timestamp), "F", locale.value)}>(edited)</span>`;
  return html`
    ${message.content && html`<div class="content"><${Markdown} text=${message.content} /></div>`}
    ${message.embeds.map((embed) => html`<${Embed} embed=${embed} />`)}
    ${!v2 && html`<${Attachments} list=${message.attachments} />`}
    <${Components} list=${message.components} message=${message} />
    ${edited}
  `;
}

function Attachments({ list }) {
  const pictures = list.filter((file) => file.content_type?.startsWith("image/"));
  const items = pictures.map((file) => ({
    media: file,
    description: file.description ?? file.filename,
    spoiler: file.filename.startsWith("SPOILER_"),
  }));
  return html`
    ${items.length > 0 && html`<${Gallery} items=${items} />`}
    ${list
      .filter((file) => !pictures.includes(file))
      .map(
        (file) => html`<${File}
      name=${file.filename}
      size=${file.size}
      url=${file.url}
    />`,
      )}
  `;
}

/** The line above an answer: who used what, or to which message it replies. */
function Calling({ message }) {
  const user = world.value.users.find((one) => one.id === message.interaction_metadata?.user.id);
  const referred = message.referenced_message;
  if (message.command_name && user) {
    return html`<p class="calling">
      <${Icon} name="reply" /><${Avatar} user=${user} small /><${Name} user=${user} /> used <b>${message.command_type === SLASH ? "/" : ""}${message.command_name}</b>
    </p>`;
  }
  if (!message.message_reference) return null;
  const words = referred ? firstWords(referred) : "The message was deleted";
  const author = referred && html`<b>${referred.author.global_name ?? referred.author.username}</b>`;
  return html`<p class="calling"><${Icon} name="reply" />${author} <span class="cut">${words}</span></p>`;
}

export function firstWords(message) {
  const texts = (list) =>
    list.flatMap((one) =>
      one.content ? [one.content] : texts([...(one.components ?? []), ...(one.accessory ? [one.accessory] : [])]),
    );
  return message.content || texts(message.components)[0] || bytes(message.attachments[0]?.size ?? 0);
}

function Private({ message }) {
  return html`<p class="private-note">
    <${Icon} name="eye" />Only you can see this ·
    <button type="button" class="link" onClick=${() => ask("dismiss", { message_id: message.id })}>Dismiss message</button>
  </p>`;
}

/** A person's name; its menu has the commands for people. */
export function Name({ user }) {
  const menu = (event) => openMenu(event, user.name, userMenu(user));
  return html`<button
    type="button"
    class="name"
    aria-haspopup="menu"
    onClick=${menu}
    onContextMenu=${(event) => (event.stopPropagation(), menu(event))}
  >${user.name}</button>`;
}

export function userMenu(user) {
  return [
    { heading: user.name },
    ...(guild.value ? apps("user_command", ON_USER, { target_id: user.id }) : []),
    { label: "Copy id", hint: user.id, act: () => navigator.clipboard?.writeText(user.id) },
  ];
}

/** The bot's commands for what was pointed at, those that this person is offered here; beside "Apps", as in Discord. */
function apps(kind, type, target) {
  const items = commands.value
    .filter((one) => one.type === type)
    .map((one) => ({
      label: one.label,
      hint: bot.value.name,
      before: html`<${Avatar} user=${bot.value} small />`,
      act: () => use(kind, one.label, { command: one.command, ...target }),
    }));
  return items.length > 0 ? [{ label: "Apps", items }] : [];
}

function messageItems(message) {
  const remove = () => ask("delete", { message_id: message.id });
  return [
    ...apps("message_command", ON_MESSAGE, { message_id: message.id }),
    { label: "Copy text", act: () => navigator.clipboard?.writeText(firstWords(message)) },
    { label: "Copy id", hint: message.id, act: () => navigator.clipboard?.writeText(message.id) },
    ...(mayDelete.value && !message.ephemeral ? [{ label: "Delete message", danger: true, act: remove }] : []),
  ];
}

/** How a place is called in words. */
export function placeName() {
  return channel.value ? `#${channel.value.name}` : "direct messages";
}
