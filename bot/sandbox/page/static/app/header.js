// The top: where one is, as whom, and what can be opened beside the channel.
import { html } from "./lib.js";
import { Avatar } from "./entities.js";
import { Icon } from "./icons.js";
import { openMenu } from "./menu.js";
import {
  ask,
  bot,
  channel,
  connected,
  guild,
  here,
  locale,
  look,
  me,
  member,
  opened,
  weather,
  world,
} from "./state.js";
import { navigationOpen } from "./sidebar.js";
import { theme, toggleTheme } from "./theme.js";

const PANELS = [
  ["people", "People"],
  ["weather", "Weather"],
  ["log", "Request log"],
];

export function Header() {
  return html`<header class="top">
    <button
      type="button"
      class="round only-narrow"
      aria-label="Servers and channels"
      aria-expanded=${String(navigationOpen.value)}
      onClick=${() => (navigationOpen.value = !navigationOpen.value)}
    ><${Icon} name="menu" /></button>
    <h1><${Icon} name=${placeIcon()} /><span class="cut">${channel.value?.name ?? bot.value.name}</span></h1>
    ${connected.value === false && html`<span class="offline" role="status">Reconnecting…</span>`}
    <span class="push"></span>
    <${Person} />
    <div class="tools" role="group" aria-label="Panels">
      ${PANELS.map(([name, label]) => html`<${PanelButton} name=${name} label=${label} />`)}
      <button
        type="button"
        class="round"
        aria-label=${theme.value === "dark" ? "Light colours" : "Dark colours"}
        title="Light or dark"
        onClick=${toggleTheme}
      ><${Icon} name=${theme.value === "dark" ? "sun" : "moon"} /></button>
    </div>
  </header>`;
}

function placeIcon() {
  if (!channel.value) return "at";
  return channel.value.parent_id ? "thread" : "hash";
}

function PanelButton({ name, label }) {
  const open = opened.value === name;
  const bad = name === "weather" && weather.value.condition !== "calm";
  return html`<button
    type="button"
    class=${`round${bad ? " marked" : ""}`}
    aria-label=${label}
    title=${label}
    aria-pressed=${String(open)}
    onClick=${() => (opened.value = open ? null : name)}
  ><${Icon} name=${name} /></button>`;
}

function Person() {
  const role = member.value?.standing ?? "member";
  const menu = (event) =>
    openMenu(event, "Act as", [
      { heading: "Act as" },
      ...people(),
      { heading: `${me.value.name}’s language` },
      ...languages(),
    ]);
  return html`<button
    type="button"
    class="person"
    aria-haspopup="menu"
    onClick=${menu}
  >
    <${Avatar} user=${me.value} small />
    <span class="person-words"><span class="sr">You act as </span><b>${me.value.name}</b> <small>${role} · ${locale.value}</small></span>
    <${Icon} name="down" />
  </button>`;
}

const ORDER = ["member", "moderator", "administrator", "owner", "operator"];

/** Everybody one can be in this server, with standing, roles and language. */
function people() {
  const place = guild.value ?? world.value.guilds[0];
  const rows = place.members.flatMap((one) => {
    const user = world.value.users.find((each) => each.id === one.user_id);
    return user.bot ? [] : [{ user, one }];
  });
  rows.sort((a, b) => ORDER.indexOf(a.one.standing) - ORDER.indexOf(b.one.standing));
  return rows.map(({ user, one }) => ({
    label: user.name,
    hint: [one.standing, ...rolesOf(place, one), user.locale].join(" · "),
    before: html`<${Avatar} user=${user} small />`,
    checked: user.id === here.value.user_id,
    act: () => look({ user_id: user.id }),
  }));
}

export function rolesOf(place, one) {
  return one.roles
    .map((id) => `@${place.roles.find((role) => role.id === id)?.name}`)
    .filter((name) => name.slice(1).toLowerCase() !== one.standing);
}

function languages() {
  const names = new Intl.DisplayNames(["en"], { type: "language" });
  return world.value.locales.map((code) => ({
    label: names.of(code),
    hint: code,
    checked: code === locale.value,
    act: () => speak(code),
  }));
}

async function speak(code) {
  await ask("locale", { locale: code });
  world.value = {
    ...world.value,
    users: world.value.users.map((user) => (user.id === me.value.id ? { ...user, locale: code } : user)),
  };
  await look();
}
