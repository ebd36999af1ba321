// The message box: a slash opens the picker, and a picked command becomes a form of its own.
import { html, signal, useEffect, useId, useLayoutEffect, useRef, useState } from "./lib.js";
import { CommandForm } from "./command_form.js";
import { Avatar } from "./entities.js";
import { Icon } from "./icons.js";
import { placeName } from "./message.js";
import { matchingCommands } from "./options.js";
import { moved, Popover } from "./popover.js";
import { bot, commands, here } from "./state.js";

const CHAT_INPUT = 1;

/** The command that is being filled in, with what was given before, and where: {command, given, place}. */
const filling = signal(null);
let lastUsed = null;

const place = () => `${here.value.channel_id}/${here.value.user_id}`;

function fill(command, given = {}) {
  filling.value = { command, given, place: place() };
}

export function Composer() {
  const { command, given, place: where } = filling.value ?? {};
  const known = commands.value.find((one) => one.name === command?.name && one.type === CHAT_INPUT);
  if (!known || where !== place()) return html`<${Box} />`;
  const leave = () => {
    filling.value = null;
  };
  const sent = (values) => {
    lastUsed = { command: known, given: values };
    leave();
  };
  return html`<${CommandForm} key=${known.id + known.name} command=${known} given=${given} leave=${leave} sent=${sent} />`;
}

const needs = ({ options }) =>
  options.filter((one) => one.required).map((one) => html`<span class="needs">${one.label}</span>`);

function Box() {
  const id = useId();
  const box = useRef(null);
  const input = useRef(null);
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const [closed, setClosed] = useState(false);
  const slash = commands.value.filter((one) => one.type === CHAT_INPUT);
  const shown = typed.startsWith("/") ? matchingCommands(slash, typed) : [];
  const open = typed.startsWith("/") && !closed;
  useLayoutEffect(() => input.current.focus(), []);
  useEffect(() => document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" }), [active, open]);

  const change = ({ currentTarget: { value } }) => {
    setTyped(value);
    setActive(0);
    setClosed(false);
    // A whole name and a space pick the command, as in Discord.
    const whole = value.endsWith(" ") && slash.find((one) => `/${one.label} ` === value || `/${one.name} ` === value);
    if (whole && !slash.some((one) => one.name.startsWith(`${whole.name} `))) fill(whole);
  };
  const key = (event) => {
    if (event.isComposing) return;
    const count = Math.max(1, shown.length);
    if (open && event.key === "ArrowDown") setActive((active + 1) % count);
    else if (open && event.key === "ArrowUp") setActive((active + count - 1) % count);
    else if (open && (event.key === "Enter" || event.key === "Tab") && shown[active]) fill(shown[active]);
    else if (open && event.key === "Escape") setClosed(true);
    else if (typed === "" && event.key === "ArrowUp" && lastUsed) fill(lastUsed.command, lastUsed.given);
    else return;
    event.preventDefault();
  };
  return html`<div class="composer" id="box" ref=${box}>
    <button
      type="button"
      class="round"
      aria-label="/ Commands"
      onClick=${() => (setTyped("/"), setClosed(false), input.current.focus())}
    ><b aria-hidden="true">/</b></button>
    <input
      ref=${input}
      class="message-box"
      role="combobox"
      aria-label=${`Message ${placeName()}`}
      aria-expanded=${String(open)}
      aria-controls=${`${id}-list`}
      aria-activedescendant=${open && shown[active] ? `${id}-${active}` : undefined}
      aria-autocomplete="list"
      autocomplete="off"
      placeholder=${`Message ${placeName()}, or / for commands`}
      value=${typed}
      onInput=${change}
      onKeyDown=${key}
    />
    ${
      typed !== "" &&
      !typed.startsWith("/") &&
      html`<p class="composer-note" role="status">${bot.value.name} hears commands only. Begin with a slash.</p>`
    }
    ${
      open &&
      html`<${Popover}
        anchor=${box.current}
        placement="top-start"
        wide=${true}
        close=${() => setClosed(true)}
        onMouseDown=${(event) => event.preventDefault()}
      >
      <ul role="listbox" id=${`${id}-list`} aria-label="Commands" class="listbox commands">
        ${shown.map(
          (command, at) => html`<li
            key=${command.id + command.name}
            id=${`${id}-${at}`}
            role="option"
            aria-selected=${String(at === active)}
            class=${at === active ? "active" : ""}
            onMouseMove=${(event) => moved(event) && setActive(at)}
            onClick=${() => fill(command)}
          >
            <${Avatar} user=${bot.value} small />
            <span class="menu-label">
              <span><b>/${command.label}</b>${needs(command)}</span>
              <small>${command.description}</small>
            </span>
          </li>`,
        )}
        ${shown.length === 0 && html`<li class="none"><${Icon} name="close" />No command is called that here.</li>`}
      </ul>
    <//>`
    }
  </div>`;
}
