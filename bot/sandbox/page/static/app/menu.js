// A menu: arrows move, Enter picks, Escape closes and gives the focus back.
import { html, signal, useLayoutEffect, useRef } from "./lib.js";
import { Icon } from "./icons.js";
import { Popover } from "./popover.js";

/** The menu that is open: {anchor, label, items: [{label, icon, checked, act} or {heading}]}. */
export const menu = signal(null);

/** Open a menu at a button, or where a pointer asked for one. */
export function openMenu(event, label, items) {
  event.preventDefault();
  const from = event.currentTarget;
  const anchor = event.type === "contextmenu" ? atPoint(event, from) : from;
  menu.value = { anchor, label, items, from };
}

function atPoint({ clientX, clientY }, from) {
  return { contextElement: from, getBoundingClientRect: () => new DOMRect(clientX, clientY, 0, 0) };
}

export function Menu() {
  if (!menu.value) return null;
  return html`<${OpenMenu} key=${menu.value} ...${menu.value} />`;
}

function OpenMenu({ anchor, label, items, from }) {
  const own = useRef(null);
  const close = () => {
    menu.value = null;
  };
  useLayoutEffect(() => {
    (own.current.querySelector("[aria-checked=true]") ?? own.current.querySelector("button"))?.focus();
  }, []);
  const back = () => {
    close();
    if (from.isConnected) from.focus?.();
  };
  const key = (event) => {
    const buttons = [...own.current.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    if (event.key in moves) buttons.at(moves[event.key] % buttons.length)?.focus();
    else if (event.key === "Escape" || event.key === "Tab") back();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const pick = (item) => {
    back();
    item.act();
  };
  return html`<${Popover} anchor=${anchor} close=${close}>
    <div ref=${own} role="menu" aria-label=${label} class="menu" onKeyDown=${key}>
      ${items.map((item) => (item.heading ? html`<p class="menu-heading">${item.heading}</p>` : html`<${Item} item=${item} pick=${pick} />`))}
    </div>
  <//>`;
}

function Item({ item, pick }) {
  const radio = item.checked !== undefined;
  return html`<button
    type="button"
    role=${radio ? "menuitemradio" : "menuitem"}
    aria-checked=${radio ? String(item.checked) : undefined}
    class=${item.danger ? "danger" : ""}
    tabindex="-1"
    onClick=${() => pick(item)}
  >
    ${item.before}<span class="menu-label">${item.label}${item.hint && html`<small>${item.hint}</small>`}</span>
    ${radio && item.checked && html`<${Icon} name="check" />`}
  </button>`;
}
