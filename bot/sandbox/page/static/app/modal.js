// A form that the bot opened: every input that Discord has, in a dialog.
import { html, useId, useLayoutEffect, useRef, useState } from "./lib.js";
import { follow } from "./acting.js";
import { rememberFocus } from "./focus.js";
import { ask, bot, form } from "./state.js";
import { Markdown } from "./markdown_view.js";
import { INPUTS, startValue } from "./modal_inputs.js";

const ROW = 1;
const TEXT = 10;
const LABEL = 18;
const CHECKBOX = 23;

/** The fields of a form: {input, label, description}; a plain text has no input. */
export function fieldsOf(modal) {
  return modal.components.map((one) => {
    if (one.type === LABEL) return { input: one.component, label: one.label, description: one.description };
    if (one.type === ROW) return { input: one.components[0], label: one.components[0].label };
    return { text: one.type === TEXT ? one.content : "" };
  });
}

export function Modal() {
  return form.value && html`<${OpenModal} key=${form.value.interaction_id} opened=${form.value} />`;
}

function OpenModal({ opened }) {
  const id = useId();
  const dialog = useRef(null);
  const { modal, interaction_id: interactionId } = opened;
  const fields = fieldsOf(modal);
  const inputs = fields.filter(({ input }) => input).map(({ input }) => input);
  const [values, setValues] = useState(Object.fromEntries(inputs.map((input) => [input.custom_id, startValue(input)])));
  const [error, setError] = useState("");
  const [sending, setSending] = useState(false);
  useLayoutEffect(() => {
    const giveBack = rememberFocus();
    dialog.current.showModal();
    dialog.current.querySelector(".modal-field :is(input, textarea)")?.focus();
    return giveBack;
  }, []);
  const close = () => {
    if (form.value === opened) form.value = null;
  };
  const submit = async (event) => {
    event.preventDefault();
    setSending(true);
    setError("");
    try {
      const outcome = await ask("submit", { interaction_id: interactionId, values });
      if (!outcome.failed) close();
      follow(outcome);
    } catch (refused) {
      setError(refused.message);
    }
    setSending(false);
  };
  return html`<dialog ref=${dialog} class="modal" aria-labelledby=${`${id}-title`} onClose=${close}>
    <form onSubmit=${submit} noValidate>
      <h2 id=${`${id}-title`}>${modal.title}</h2>
      <p class="modal-by">A form of ${bot.value.name}</p>
      ${fields.map(({ input, label, description, text }, at) =>
        input
          ? html`<${Field}
            key=${input.custom_id}
            id=${`${id}-${at}`}
            input=${input}
            label=${label}
            description=${description}
            value=${values[input.custom_id]}
            change=${(value) => setValues((known) => ({ ...known, [input.custom_id]: value }))}
          />`
          : html`<${Markdown} text=${text} />`,
      )}
      ${error && html`<p class="failure" role="alert">${error}</p>`}
      <div class="modal-buttons">
        <button type="button" class="button secondary" onClick=${() => dialog.current.close()}>Cancel</button>
        <button type="submit" class="button primary" disabled=${sending}>Submit</button>
      </div>
    </form>
  </dialog>`;
}

function Field({ id, input, label, description, value, change }) {
  const { view: View, group = false } = INPUTS[input.type];
  const required = input.required !== false && input.type !== CHECKBOX;
  const words = html`${label}${required && html`<span class="required" title="required"> *</span>`}`;
  const help = description && html`<span class="help" id=${`${id}-help`}>${description}</span>`;
  const shared = { id, input, value, change, label, required, described: description ? `${id}-help` : undefined };
  if (group)
    return html`<fieldset
      class="modal-field"
      aria-describedby=${shared.described}
    ><legend>${words}</legend>${help}<${View} ...${shared} /></fieldset>`;
  return html`<div class="modal-field"><label for=${id}>${words}</label>${help}<${View} ...${shared} /></div>`;
}
