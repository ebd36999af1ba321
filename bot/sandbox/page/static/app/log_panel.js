// Every call the bot made, and every interaction it was told of; each opens to what was sent and answered.
import { html, useState } from "./lib.js";
import { ask, calls } from "./state.js";

const NAMES = { discord: "Discord", segmind: "Segmind", bot: "to the bot" };
const FILTERS = ["all", "discord", "segmind", "bot"];

export function LogPanel() {
  const [filter, setFilter] = useState("all");
  const shown = calls.value.filter((call) => filter === "all" || call.to === filter);
  return html`<div class="panel-body">
    <div class="filters" role="group" aria-label="Show">
      ${FILTERS.map(
        (name) => html`<button
        type="button"
        class="chip"
        aria-pressed=${String(name === filter)}
        onClick=${() => setFilter(name)}
      >${NAMES[name] ?? "All"}</button>`,
      )}
    </div>
    <ol class="calls" reversed>
      ${shown.toReversed().map((call) => html`<${Call} key=${call.number} call=${call} />`)}
    </ol>
    ${shown.length === 0 && html`<p class="aside">Nothing yet.</p>`}
  </div>`;
}

function Call({ call }) {
  const [details, setDetails] = useState(null);
  const toggle = ({ currentTarget: { open } }) =>
    open && ask("call", { number: call.number }).then(setDetails, (error) => setDetails({ gone: error.message }));
  const bad = call.fault || call.status >= 400;
  const status = call.status ?? (call.took_ms === null ? "…" : call.to === "bot" ? "" : "cut");
  return html`<li class=${`call ${call.to}${bad ? " bad" : ""}`}>
    <details onToggle=${toggle}>
      <summary>
        <span class="service">${NAMES[call.to]}</span>
        <span class="path"><b>${call.method}</b> ${call.path}</span>
        <span class="status">${status}${call.took_ms !== null && html` <small>${call.took_ms} ms</small>`}</span>
      </summary>
      ${call.fault && html`<p class="failure">Weather: ${call.fault}</p>`}
      ${details && html`<${Details} details=${details} />`}
    </details>
  </li>`;
}

function Details({ details }) {
  if (details.gone) return html`<p class="aside">${details.gone}</p>`;
  return html`
    ${details.files.map((file) => html`<p class="aside">${file.field}: ${file.filename}, ${file.size_bytes.toLocaleString("en")} bytes</p>`)}
    ${details.sent !== null && html`<p class="aside">sent</p><${Json} value=${details.sent} />`}
    ${details.answered !== null && html`<p class="aside">answered</p><${Json} value=${details.answered} />`}
    ${details.sent === null && details.answered === null && html`<p class="aside">No payload.</p>`}
  `;
}

function Json({ value }) {
  return html`<pre tabindex="0"><code>${JSON.stringify(value, null, 2)}</code></pre>`;
}
