// Where the keyboard is.
import { useLayoutEffect } from "./lib.js";

export function focusMessageBox() {
  document.querySelector(".composer input")?.focus();
}

/** Remember who has the focus; the returned function gives it back, or to the message box where that one is gone. */
export function rememberFocus(before = document.activeElement) {
  return () => (before?.isConnected && before !== document.body ? before.focus() : focusMessageBox());
}

/** Close on Escape, wherever the focus is; what lies above, such as a menu or a dialog, takes the key for itself. */
export function useEscape(close) {
  useLayoutEffect(() => {
    const key = (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) close();
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  });
}
