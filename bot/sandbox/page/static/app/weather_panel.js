// The local Segmind: what goes wrong there, how fast it draws, what is left on the account.
import { html, useState } from "./lib.js";
import { ask, weather } from "./state.js";

const CREDIT = 1_000_000;

export function WeatherPanel() {
  const { condition, conditions, detail, balance_microcredits: balance } = weather.value;
  const [error, setError] = useState("");
  const change = (asked) =>
    ask("weather", asked).then(
      () => setError(""),
      (wrong) => setError(wrong.message),
    );
  const current = conditions.find((one) => one.name === condition);
  return html`<div class="panel-body">
    <fieldset class="conditions">
      <legend>What goes wrong from now on</legend>
      ${conditions.map(
        (one) => html`<label class="tick" key=${one.name}>
          <input
            type="radio"
            name="condition"
            checked=${one.name === condition}
            onChange=${() => change({ condition: one.name })}
          />
          <span class="menu-label">${one.label}<small>${one.hint}</small></span>
        </label>`,
      )}
    </fieldset>
    ${
      current.details.length > 0 &&
      html`<label class="line">Which
      <select
        value=${detail}
        onChange=${(event) => change({ condition, detail: event.currentTarget.value })}
      >${current.details.map((each) => html`<option value=${each}>${each}</option>`)}</select>
    </label>`
    }
    <${Speed} change=${change} />
    <div class="line"><span>Operator’s balance</span><output>${(balance / CREDIT).toFixed(3)} credits</output></div>
    <div class="line">
      <button
        type="button"
        class="button secondary"
        onClick=${() => change({ balance_microcredits: 25 * CREDIT })}
      >Fill up to 25</button>
      <button type="button" class="button secondary" onClick=${() => change({ balance_microcredits: 0 })}>Empty it</button>
    </div>
    ${error && html`<p class="failure" role="alert">${error}</p>`}
    <p class="aside">
      One prompt alone can ask for trouble, too: <code>[rai-words]</code>, <code>[rai-picture]</code>, <code>[429]</code>,${" "}
      <code>[outage]</code>, <code>[slow]</code> …
    </p>
  </div>`;
}

function Speed({ change }) {
  const { speed, speeds, latencies_s: latencies } = weather.value;
  return html`<label class="line">Latency
      <select value=${String(speed)} onChange=${(event) => change({ speed: Number(event.currentTarget.value) })}>
        ${speeds.map((each) => html`<option value=${String(each)}>${each === 1 ? "as Segmind’s" : `${each} times as fast`}</option>`)}
      </select>
    </label>
    <ul class="latencies">${Object.entries(latencies).map(([slug, seconds]) => html`<li><code>${slug}</code> ${seconds} s</li>`)}</ul>`;
}
