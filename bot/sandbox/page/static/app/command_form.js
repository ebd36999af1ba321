// A picked command: its options as fields, the required ones at once, the others when asked for.
import { html, useId, useLayoutEffect, useRef, useState } from "./lib.js";
import { use } from "./acting.js";
import { Icon } from "./icons.js";
import { OptionField } from "./option_field.js";
import { bounds, readAll } from "./options.js";

export function CommandForm({ command, given, leave, sent }) {
  const id = useId();
  const box = useRef(null);
  const [values, setValues] = useState(given);
  const [added, setAdded] = useState(Object.keys(given));
  const [focused, setFocused] = useState(null);
  const [errors, setErrors] = useState({});
  const shown = command.options.filter((one) => one.required || added.includes(one.name));
  shown.sort((one, other) => other.required - one.required || added.indexOf(one.name) - added.indexOf(other.name));
  const rest = command.options.filter((one) => !shown.includes(one));
  const at = command.options.find((one) => one.name === focused);

  const focusOn = (name) => box.current?.querySelector(`[data-option="${CSS.escape(name)}"] input`)?.focus();
  useLayoutEffect(() => (shown[0] ? focusOn(shown[0].name) : box.current.querySelector("[type=submit]").focus()), []);
  useLayoutEffect(() => added.length > Object.keys(given).length && focusOn(added.at(-1)), [added]);

  const change = (name, value) => {
    setValues({ ...values, [name]: value });
    setErrors({});
  };
  const remove = (name) => {
    setAdded(added.filter((each) => each !== name));
    change(name, undefined);
    queueMicrotask(() => shown[0] && focusOn(shown[0].name));
  };
  const submit = (event) => {
    event.preventDefault();
    const read = readAll(shown, values);
    if (read.errors) {
      setErrors(read.errors);
      focusOn(Object.keys(read.errors)[0]);
      return;
    }
    use("invoke", `/${command.label}`, { command: command.command, path: command.path, options: read.values });
    sent(values);
  };
  const key = (event) => {
    if (event.key === "Escape") leave();
    else if (event.key === "Backspace" && event.target.value === "" && event.target.matches("input"))
      step(event.target.closest("[data-option]")?.dataset.option);
    else return;
    event.preventDefault();
  };
  const step = (name) => {
    const option = shown.find((one) => one.name === name);
    if (option && !option.required) remove(name);
    else if (shown.indexOf(option) <= 0) leave();
  };
  const note = errors[focused] || Object.values(errors)[0];
  return html`<form
    class="composer filling"
    id="box"
    ref=${box}
    onSubmit=${submit}
    onKeyDown=${key}
    aria-label=${`/${command.label}`}
    noValidate
  >
    <div class="hint" id=${`${id}-hint`}>
      ${
        note
          ? html`<p class="failure" role="alert">${note}</p>`
          : html`<p><b>${at ? at.label : `/${command.label}`}</b> ${at ? at.description : command.description} ${at && html`<span class="bounds">${bounds(at)}</span>`}</p>`
      }
      <button type="button" class="round" aria-label="Leave the command" onClick=${leave}><${Icon} name="close" /></button>
    </div>
    <div class="fields">
      <span class="command-name">/${command.label}</span>
      ${shown.map(
        (option) => html`<${OptionField}
          key=${option.name}
          option=${option}
          value=${values[option.name]}
          change=${(value) => change(option.name, value)}
          error=${errors[option.name]}
          described=${`${id}-hint`}
          focus=${() => setFocused(option.name)}
          remove=${option.required ? null : () => remove(option.name)}
          suggesting=${{ command: command.command, path: command.path, values }}
        />`,
      )}
      <button type="submit" class="round send" aria-label=${`Send /${command.label}`}><${Icon} name="send" /></button>
    </div>
    ${
      rest.length > 0 &&
      html`<div class="more-options" role="group" aria-label="More options">
      ${rest.map(
        (option) => html`<button
        type="button"
        class="chip"
        title=${option.description}
        onClick=${() => setAdded([...added, option.name])}
      ><${Icon} name="plus" />${option.label}</button>`,
      )}
    </div>`
    }
  </form>`;
}
