// A box to choose from a list: for options with choices, for those that suggest, and for every select menu.
import { html, useEffect, useId, useRef, useState } from "./lib.js";
import { Icon } from "./icons.js";
import { moved, Popover } from "./popover.js";

/** The items whose words hold what was typed. */
export function matching(items, typed) {
  const wanted = typed.trim().toLowerCase();
  return items.filter((item) => `${item.label} ${item.description ?? ""}`.toLowerCase().includes(wanted));
}

/**
 * `items` are {value, label, description, before}; `picked` the values chosen; `change` gets the new ones. `max` above
 * 1 lets several be chosen, `min` 0 lets one be taken back, and `done` hears when the list closes. `suggest` loads items for what was typed, and then
 * the typed words count as well.
 */
export function Choose({
  items = [],
  picked,
  change,
  done,
  min = 1,
  max = 1,
  suggest,
  placeholder,
  label,
  disabled,
  invalid,
  described,
  inputId,
}) {
  const id = useId();
  const box = useRef(null);
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState(null);
  const [active, setActive] = useState(0);
  const [loaded, setLoaded] = useState([]);
  const names = picked.map(
    (value) => [...items, ...loaded].find((item) => item.value === value)?.label ?? String(value),
  );
  const shown = suggest ? loaded : matching(items, typed ?? "");

  useEffect(() => {
    if (!open || !suggest) return undefined;
    let current = true;
    suggest(typed ?? names.join("")).then(
      (found) => current && (setLoaded(found), setActive(0)),
      () => {},
    );
    return () => (current = false);
  }, [open, typed]);

  const close = () => {
    setOpen(false);
    setTyped(null);
    if (open) done?.();
  };
  const toggle = ({ value }) => {
    if (max === 1) {
      change(min === 0 && picked.includes(value) ? [] : [value]);
      return close();
    }
    if (picked.includes(value)) change(picked.filter((each) => each !== value));
    else if (picked.length < max) change([...picked, value]);
  };
  const key = (event) => {
    if (open && !event.isComposing && keys(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (!open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      setOpen(true);
    }
  };
  const keys = ({ key: name }) => {
    if (name === "ArrowDown") setActive((active + 1) % Math.max(1, shown.length));
    else if (name === "ArrowUp") setActive((active + shown.length - 1) % Math.max(1, shown.length));
    else if (name === "Enter" && shown[active]) toggle(shown[active]);
    else if (name === "Escape") close();
    else return false;
    return true;
  };
  const input = (event) => {
    setTyped(event.currentTarget.value);
    setActive(0);
    setOpen(true);
    if (suggest) change(event.currentTarget.value ? [event.currentTarget.value] : []);
  };
  useEffect(() => {
    if (open) document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active, open]);

  return html`<span class="choose" ref=${box}>
    <input
      id=${inputId}
      role="combobox"
      aria-label=${label}
      aria-expanded=${String(open)}
      aria-controls=${`${id}-list`}
      aria-activedescendant=${open && shown[active] ? `${id}-${active}` : undefined}
      aria-autocomplete="list"
      aria-invalid=${invalid ? "true" : undefined}
      aria-describedby=${described}
      autocomplete="off"
      spellcheck=${false}
      disabled=${disabled}
      placeholder=${placeholder}
      value=${typed ?? names.join(", ")}
      onInput=${input}
      onKeyDown=${key}
      onMouseDown=${() => setOpen(true)}
      onBlur=${close}
    />
    <${Icon} name="down" />
    ${
      open &&
      html`<${Popover} anchor=${box.current} close=${close} onMouseDown=${(event) => event.preventDefault()}>
      <ul
        role="listbox"
        id=${`${id}-list`}
        aria-label=${label}
        aria-multiselectable=${max > 1 ? "true" : undefined}
        class="listbox"
      >
        ${shown.map(
          (item, at) => html`<li
            key=${item.value}
            id=${`${id}-${at}`}
            role="option"
            aria-selected=${String(picked.includes(item.value))}
            class=${at === active ? "active" : ""}
            onMouseMove=${(event) => moved(event) && setActive(at)}
            onClick=${() => toggle(item)}
          >
            ${item.before}<span class="menu-label">${item.label}${item.description && html`<small>${item.description}</small>`}</span>
            ${picked.includes(item.value) && html`<${Icon} name="check" />`}
          </li>`,
        )}
        ${shown.length === 0 && html`<li class="none">${suggest ? "No suggestions" : "Nothing fits"}</li>`}
      </ul>
    <//>`
    }
  </span>`;
}
