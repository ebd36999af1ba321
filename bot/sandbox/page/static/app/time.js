// Instants as Discord writes them, in the language of the person who looks.
import { html, signal } from "./lib.js";
import { locale } from "./state.js";

export const nowMs = signal(Date.now());
setInterval(() => {
  nowMs.value = Date.now();
}, 1000);

const FORMATS = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const UNITS_S = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

export function format(atMs, style, language) {
  return new Intl.DateTimeFormat(language, FORMATS[style] ?? FORMATS.f).format(atMs);
}

export function relative(atMs, now, language) {
  const seconds = Math.trunc(atMs / 1000) - Math.trunc(now / 1000);
  const [unit, size] = UNITS_S.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  const count = Math.trunc(seconds / size);
  return new Intl.RelativeTimeFormat(language, { numeric: count === 0 ? "auto" : "always" }).format(count, unit);
}

/** `<t:…>`: one that says how long it is ticks. */
export function Time({ atMs, style }) {
  const words = style === "R" ? relative(atMs, nowMs.value, locale.value) : format(atMs, style, locale.value);
  return html`<time
    class="stamp"
    datetime=${new Date(atMs).toISOString()}
    title=${format(atMs, "F", locale.value)}
  >${words}</time>`;
}
