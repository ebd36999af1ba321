// The libraries in the form that the page uses them.
import { h, render } from "../vendor/preact.js";
import htm from "../vendor/htm.js";

export { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "../vendor/preact-hooks.js";
export { computed, effect, signal } from "../vendor/signals.js";
export { render };
export const html = htm.bind(h);
