// Servers and channels, and who looks at them.
import { html, signal } from "./lib.js";
import { Avatar, hue } from "./entities.js";
import { useEscape } from "./focus.js";
import { Icon } from "./icons.js";
import { bot, DIRECT, guild, here, look, member, unread, world } from "./state.js";

/** Whether the list is open where there is no room for it beside the channel. */
export const navigationOpen = signal(false);

export function Sidebar() {
  const close = () => {
    navigationOpen.value = false;
  };
  useEscape(close);
  return html`<nav
    class=${`navigation${navigationOpen.value ? " open" : ""}`}
    aria-label="Servers and channels"
  >
      <${Servers} />
      <${Channels} close=${close} />
    </nav>
    ${navigationOpen.value && html`<div class="shade" onClick=${close}></div>`}`;
}

function Servers() {
  return html`<ul class="servers">
    <li><${Server}
      name="Direct messages"
      current=${!guild.value}
      news=${unread.value.get(DIRECT)?.size}
      go=${() => look({ guild_id: null })}
    ><${Icon} name="at" /><//></li>
    ${world.value.guilds.map(
      (one) =>
        html`<li><${Server}
          name=${one.name}
          current=${one.id === guild.value?.id}
          hue=${hue(one.id)}
          letter=${one.name.slice(0, 2)}
          go=${() => look({ guild_id: one.id })}
        /></li>`,
    )}
  </ul>`;
}

function Server({ name, current, go, news, children, ...rest }) {
  const style = rest.hue === undefined ? {} : { "--hue": rest.hue };
  return html`<button
    type="button"
    class="server"
    data-letter=${rest.letter}
    style=${style}
    title=${name}
    aria-label=${news > 0 ? `${name}, new messages: ${news}` : name}
    aria-current=${current ? "true" : undefined}
    onClick=${go}
  >${children}${news > 0 && html`<${News} count=${news} />`}</button>`;
}

function Channels({ close }) {
  const seen = guild.value?.channels.filter((one) => member.value?.channels.includes(one.id)) ?? [];
  const under = (id) => seen.filter((one) => one.parent_id === id);
  const visible = under(null).flatMap((one) => [one, ...under(one.id)]);
  const go = (id) => {
    look({ channel_id: id });
    close();
  };
  return html`<div class="channels">
    <h2>${guild.value?.name ?? "Direct messages"}</h2>
    <ul>
      ${visible.map((one) => html`<li key=${one.id}><${ChannelLink} one=${one} go=${go} /></li>`)}
      ${
        !guild.value &&
        html`<li><button
          type="button"
          class="channel"
          aria-current="page"
          onClick=${close}
        ><${Avatar} user=${bot.value} small />${bot.value.name}</button></li>`
      }
    </ul>
    <p class="aside">Made of a local Discord and a local Segmind. The bot is the real one.</p>
  </div>`;
}

const FORUM = 15;

function ChannelLink({ one, go }) {
  const news = unread.value.get(one.id)?.size ?? 0;
  const current = one.id === here.value.channel_id;
  const classes = `channel${one.parent_id ? " thread" : ""}${news ? " news" : ""}`;
  // Nobody writes in a forum itself; its posts stand below it.
  if (one.type === FORUM) return html`<span class=${classes}><${Icon} name="thread" /><span class="cut">${one.name}</span></span>`;
  return html`<button
    type="button"
    class=${classes}
    aria-current=${current ? "page" : undefined}
    onClick=${() => go(one.id)}
  >
    <${Icon} name=${one.parent_id ? "thread" : "hash"} />
    <span class="cut">${one.name}</span>
    ${one.nsfw && html`<span class="tag" title="Age-restricted">18+</span>`}
    ${one.archived && html`<span class="tag" title="Archived">old</span>`}
    ${news > 0 && html`<${News} count=${news} />`}
  </button>`;
}

function News({ count }) {
  return html`<span class="count"><span class="sr">new messages: </span>${count}</span>`;
}
