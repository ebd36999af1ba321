// What can be opened beside the channel.
import { html } from "./lib.js";
import { Avatar } from "./entities.js";
import { useEscape } from "./focus.js";
import { rolesOf } from "./header.js";
import { Icon } from "./icons.js";
import { LogPanel } from "./log_panel.js";
import { Name } from "./message.js";
import { bot, guild, me, opened, world } from "./state.js";
import { WeatherPanel } from "./weather_panel.js";

const TITLES = { people: "People", weather: "Weather at Segmind", log: "Request log" };
const VIEWS = { people: PeoplePanel, weather: WeatherPanel, log: LogPanel };

export function Panel() {
  return opened.value && html`<${Opened} name=${opened.value} />`;
}

// Where there is no room beside the channel, a panel lies above it.
const above = matchMedia("(max-width: 1000px)");

function Opened({ name }) {
  const close = () => {
    opened.value = null;
  };
  useEscape(() => above.matches && close());
  return html`<aside
    class=${`panel ${name}`}
    aria-label=${TITLES[name]}
  >
    <header><h2>${TITLES[name]}</h2><button
      type="button"
      class="round"
      aria-label=${`Close: ${TITLES[name]}`}
      onClick=${close}
    ><${Icon} name="close" /></button></header>
    <${VIEWS[name]} />
  </aside>`;
}

function PeoplePanel() {
  const inServer = guild.value?.members.map((one) => [one, world.value.users.find((each) => each.id === one.user_id)]);
  const rows = inServer ?? [bot.value, me.value].map((user) => [null, user]);
  return html`
    ${inServer && html`<p class="aside">A name has a menu: the bot’s commands for people are in it.</p>`}
    <ul class="people-list">
      ${rows.map(([one, user]) => html`<${Person} key=${user.id} one=${one} user=${user} />`)}
    </ul>
  `;
}

function Person({ one, user }) {
  const facts = one ? [one.standing, ...rolesOf(guild.value, one)] : [];
  return html`<li>
    <${Avatar} user=${user} />
    <span class="menu-label"><${Name} user=${user} /><small>${[...facts, user.locale].join(" · ")}</small></span>
  </li>`;
}
