// The channel's messages, oldest above, and what is said aloud of them.
import { html, useEffect, useLayoutEffect, useRef, useState } from "./lib.js";
import { dismissNotice } from "./acting.js";
import { Avatar } from "./entities.js";
import { Icon } from "./icons.js";
import { sought } from "./jump.js";
import { spoken } from "./markdown_view.js";
import { firstWords, Message, placeName } from "./message.js";
import { announcement, bot, channel, guild, here, locale, me, messages, notices, typingUntil, world } from "./state.js";
import { format, nowMs } from "./time.js";

const LOADING = 1 << 7;
const NEAR_PX = 80;

export function Messages() {
  const list = useRef(null);
  const atEnd = useRef(true);
  // As it was when the page last came to rest: {top, content, box}, in px.
  const rest = useRef({});
  const [missed, setMissed] = useState(false);
  const own = notices.value.filter((one) => one.channel_id === here.value.channel_id && one.user.id === me.value.id);
  const settle = () => {
    const { scrollTop: top, scrollHeight: content, clientHeight: box } = list.current;
    rest.current = { top, content, box };
  };
  const toEnd = () => {
    atEnd.current = true;
    list.current.scrollTop = list.current.scrollHeight;
    setMissed(false);
    settle();
  };
  // Whatever grows, a message or the box below, the end stays in sight for those who are there.
  useLayoutEffect(() => {
    const stay = new ResizeObserver(() => (atEnd.current ? toEnd() : settle()));
    stay.observe(list.current);
    for (const each of list.current.children) stay.observe(each);
    return () => stay.disconnect();
  }, []);
  // Whoever uses a command wants to see what comes of it.
  const lastUsed = useMax(own.at(-1)?.id ?? 0);
  useEffect(toEnd, [here.value.channel_id, here.value.user_id, lastUsed]);
  useEffect(() => {
    if (sought.value === null) return;
    const found = list.current.querySelector(`[data-id="${CSS.escape(sought.value)}"]`);
    sought.value = null;
    if (!found) return;
    atEnd.current = false;
    found.scrollIntoView({ block: "center" });
    found.querySelector(".more").focus({ preventScroll: true });
    found.animate({ backgroundColor: ["var(--mention)", "transparent"] }, 2000);
  }, [sought.value]);
  const last = useMax(BigInt(messages.value.at(-1)?.id ?? 0));
  useEffect(() => setMissed(!atEnd.current), [last]);
  const scrolled = ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
    const near = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    // Only who scrolls up leaves the end. Where something grew or shrank meanwhile, it was the browser that scrolled.
    const still = scrollHeight === rest.current.content && clientHeight === rest.current.box;
    if (near || (still && scrollTop < rest.current.top)) atEnd.current = near;
    if (near) setMissed(false);
    if (still) rest.current.top = scrollTop;
  };
  return html`<div
    class="scroll"
    ref=${list}
    onScroll=${scrolled}
    tabindex="0"
    role="region"
    aria-label=${`Messages in ${placeName()}`}
  >
    <${Welcome} />
    <ol class="messages" aria-label="Messages">
      ${messages.value.map((message) => html`<${Message} key=${message.id} message=${message} />`)}
      ${own.map((notice) => html`<${Notice} key=${`notice-${notice.id}`} notice=${notice} />`)}
    </ol>
    ${
      missed &&
      html`<p class="missed"><button type="button" class="button primary" onClick=${toEnd}>New messages<${Icon} name="down" /></button></p>`
    }
    <${Announcer} />
  </div>`;
}

/** The greatest that a value has been. */
function useMax(value) {
  const greatest = useRef(value);
  if (value > greatest.current) greatest.current = value;
  return greatest.current;
}

function Welcome() {
  const title = channel.value ? `#${channel.value.name}` : bot.value.name;
  const words = channel.value
    ? `This is the beginning of #${channel.value.name} in ${guild.value.name}.`
    : `This is where ${bot.value.name} writes to you alone.`;
  return html`<header class="welcome">
    <span class="welcome-sign" aria-hidden="true"><${Icon} name=${channel.value ? "hash" : "at"} /></span>
    <h2>${title}</h2>
    <p>${words} Everything here runs on this machine: no account, no credits, no network.</p>
    ${messages.value.length === 0 && html`<p class="try">Type <kbd>/</kbd> in the box below to see what ${bot.value.name} can do.</p>`}
  </header>`;
}

/** A command that was used and has no answer yet, or never got one. */
function Notice({ notice }) {
  return html`<li class=${`message${notice.failure ? " private" : ""}`}>
    <p class="calling"><${Icon} name="reply" /><${Avatar} user=${notice.user} small /><b>${notice.user.name}</b> used <b>${notice.label}</b></p>
    <${Avatar} user=${bot.value} />
    <div class="message-head"><b>${bot.value.name}</b><span class="badge">APP</span><time>${format(notice.at_ms, "t", locale.value)}</time></div>
    <div class="message-body">
      ${
        notice.failure
          ? html`<p class="failure" role="alert">${notice.failure}</p>
            <p class="private-note"><${Icon} name="eye" />Only you can see this · <button
              type="button"
              class="link"
              onClick=${() => dismissNotice(notice.id)}
            >Dismiss message</button></p>`
          : html`<p class="thinking">Sending command…</p>`
      }
    </div>
  </li>`;
}

/** Says once what is new; the list itself would be read again with every tick of a time in it. */
function Announcer() {
  const last = messages.value.at(-1);
  useEffect(() => {
    if (!last || Date.now() - Math.max(Date.parse(last.timestamp), Date.parse(last.edited_timestamp ?? 0)) > 5000)
      return;
    const words = last.flags & LOADING ? "is thinking" : spoken(firstWords(last));
    announcement.value = `${world.value.users.find((user) => user.id === last.author.id).name}: ${words}`;
  }, [last]);
  return html`<div class="sr" role="status" aria-live="polite">${announcement.value}</div>`;
}

export function Typing() {
  const typing = typingUntil.value > nowMs.value;
  return html`<p class="typing" aria-live="polite">${typing && `${bot.value.name} is typing…`}</p>`;
}
