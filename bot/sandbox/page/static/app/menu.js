// A menu: arrows move, Enter picks, the right arrow opens what lies beside an item, Escape closes and gives the focus back.
import { html, signal, useLayoutEffect, useRef, useState } from "./lib.js";
import { rememberFocus } from "./focus.js";
import { Icon } from "./icons.js";
import { moved, Popover } from "./popover.js";

/** The menu that is open: {anchor, label, items: [{label, icon, checked, act}, {label, items} or {heading}]}. */
export const menu = signal(null);

/** Open a menu at a button, or where a pointer asked for one. */
export function openMenu(event, label, items) {
  event.preventDefault();
  const from = event.currentTarget;
  const byPointer = event.type === "contextmenu";
  const giveBack = rememberFocus(byPointer ? document.activeElement : from);
  menu.value = { anchor: byPointer ? atPoint(event, from) : from, label, items, giveBack };
}

function atPoint({ clientX, clientY }, from) {
  return { contextElement: from, getBoundingClientRect: () => new DOMRect(clientX, clientY, 0, 0) };
}

export function Menu() {
  if (!menu.value) return null;
  return html`<${OpenMenu} key=${menu.value} ...${menu.value} />`;
}

function OpenMenu({ anchor, label, items, giveBack }) {
  const close = () => {
    menu.value = null;
  };
  const back = () => {
    close();
    giveBack();
  };
  const pick = (item) => {
    back();
    item.act();
  };
  return html`<${Column} anchor=${anchor} label=${label} items=${items} pick=${pick} back=${back} close=${close} />`;
}

/** One column of a menu; it takes the focus unless `quiet`, which is one that a resting pointer has opened. */
function Column({ anchor, label, items, pick, back, close, beside = false, quiet = false }) {
  const own = useRef(null);
  // The item that has its own items open beside it: {item, anchor, quiet}.
  const [open, setOpen] = useState(null);
  useLayoutEffect(() => {
    if (!quiet) (own.current.querySelector("[aria-checked=true]") ?? own.current.querySelector("button"))?.focus();
  }, []);
  const shut = () => setOpen(null);
  const shutBack = () => {
    shut();
    open.anchor.focus();
  };
  const key = (event) => {
    const buttons = [...own.current.querySelectorAll(":scope > button")];
    const at = buttons.indexOf(document.activeElement);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const leaves = ["Escape", "Tab", ...(beside ? ["ArrowLeft"] : [])];
    const inner = event.key === "ArrowRight" && items.filter((item) => !item.heading)[at];
    if (event.key in moves) {
      shut();
      buttons.at(moves[event.key] % buttons.length)?.focus();
    } else if (inner?.items) setOpen({ item: inner, anchor: buttons[at] });
    else if (leaves.includes(event.key)) back();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const choose = (item, anchor) => (item.items ? setOpen({ item, anchor }) : pick(item));
  const point = (item, anchor) => {
    if (item !== open?.item) setOpen(item.items ? { item, anchor, quiet: true } : null);
  };
  return html`<${Popover} anchor=${anchor} placement=${beside ? "right-start" : "bottom-start"} close=${close}>
    <div ref=${own} role="menu" aria-label=${label} class="menu" onKeyDown=${key}>
      ${items.map((item) =>
        item.heading
          ? html`<p class="menu-heading">${item.heading}</p>`
          : html`<${Item} item=${item} open=${item === open?.item} choose=${choose} point=${point} />`,
      )}
      ${
        open &&
        html`<${Column}
          key=${`${open.item.label} ${open.quiet}`}
          anchor=${open.anchor}
          label=${open.item.label}
          items=${open.item.items}
          pick=${pick}
          back=${shutBack}
          close=${shut}
          beside
          quiet=${open.quiet}
        />`
      }
    </div>
  <//>`;
}

function Item({ item, open, choose, point }) {
  const radio = item.checked !== undefined;
  return html`<button
    type="button"
    role=${radio ? "menuitemradio" : "menuitem"}
    aria-checked=${radio ? String(item.checked) : undefined}
    aria-haspopup=${item.items ? "menu" : undefined}
    aria-expanded=${item.items ? String(open) : undefined}
    class=${item.danger ? "danger" : ""}
    tabindex="-1"
    onClick=${({ currentTarget }) => choose(item, currentTarget)}
    onMouseMove=${(event) => moved(event) && point(item, event.currentTarget)}
  >
    ${item.before}<span class="menu-label">${item.label}${item.hint && html`<small>${item.hint}</small>`}</span>
    ${radio && item.checked && html`<${Icon} name="check" />`}
    ${item.items && html`<${Icon} name="right" />`}
  </button>`;
}
