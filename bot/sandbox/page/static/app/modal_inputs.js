// The inputs of a form, by the kind that Discord gives them.
import { html } from "./lib.js";
import { Choose } from "./choose.js";
import { packed } from "./files.js";
import { bytes } from "./media.js";
import { selectDefaults, selectItems } from "./selects.js";

const [TEXT, FILE, RADIO, CHECKBOXES, CHECKBOX] = [4, 19, 21, 22, 23];
const PARAGRAPH = 2;

function TextInput({ id, input, value, change, required, described }) {
  const shared = {
    id,
    value,
    required,
    placeholder: input.placeholder,
    minLength: input.min_length,
    maxLength: input.max_length ?? 4000,
    "aria-describedby": described,
    onInput: (event) => change(event.currentTarget.value),
  };
  return input.style === PARAGRAPH
    ? html`<textarea rows="4" ...${shared}></textarea>`
    : html`<input type="text" autocomplete="off" ...${shared} />`;
}

function SelectInput({ id, input, value, change, label, described }) {
  const words = input.placeholder ?? "Make a selection";
  return html`<${Choose}
    inputId=${id}
    items=${selectItems(input)}
    picked=${value}
    change=${change}
    min=${input.required === false ? 0 : (input.min_values ?? 1)}
    max=${input.max_values ?? 1}
    label=${label}
    placeholder=${words}
    described=${described}
  />`;
}

function RadioInput({ id, input, value, change }) {
  return input.options.map(
    (option) =>
      html`<label class="tick"><input
        type="radio"
        name=${id}
        value=${option.value}
        checked=${value === option.value}
        onChange=${() => change(option.value)}
      /><${Words} option=${option} /></label>`,
  );
}

function CheckboxesInput({ input, value, change }) {
  const toggle = (one) => change(value.includes(one) ? value.filter((each) => each !== one) : [...value, one]);
  return input.options.map(
    (option) =>
      html`<label class="tick"><input
        type="checkbox"
        checked=${value.includes(option.value)}
        onChange=${() => toggle(option.value)}
      /><${Words} option=${option} /></label>`,
  );
}

function Words({ option }) {
  return html`<span class="menu-label">${option.label}${option.description && html`<small>${option.description}</small>`}</span>`;
}

function CheckboxInput({ id, value, change, described }) {
  return html`<input
    id=${id}
    type="checkbox"
    checked=${value}
    aria-describedby=${described}
    onChange=${(event) => change(event.currentTarget.checked)}
  />`;
}

function FileInput({ id, input, value, change, described }) {
  const most = input.max_values ?? 1;
  const pick = async ({ currentTarget: { files } }) => change(await Promise.all([...files].slice(0, most).map(packed)));
  return html`<input id=${id} type="file" multiple=${most > 1} aria-describedby=${described} onChange=${pick} />
    ${value.map((file) => html`<small>${file.filename}, ${bytes(file.size)}</small>`)}`;
}

const SELECT = { view: SelectInput };

export const INPUTS = {
  3: SELECT,
  [TEXT]: { view: TextInput },
  5: SELECT,
  6: SELECT,
  7: SELECT,
  8: SELECT,
  [FILE]: { view: FileInput },
  [RADIO]: { view: RadioInput, group: true },
  [CHECKBOXES]: { view: CheckboxesInput, group: true },
  [CHECKBOX]: { view: CheckboxInput },
};

/** What an input holds before anybody touches it. */
export function startValue(input) {
  switch (input.type) {
    case TEXT:
      return input.value ?? "";
    case FILE:
      return [];
    case RADIO:
      return input.options.find((option) => option.default)?.value ?? null;
    case CHECKBOX:
      return input.default ?? false;
    default:
      return selectDefaults(input);
  }
}
