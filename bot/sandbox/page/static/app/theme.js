// Light or dark: the system's wish, until somebody chooses.
import { effect, signal } from "./lib.js";

const KEY = "sandbox-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export const theme = signal(localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light"));

system.addEventListener("change", ({ matches }) => {
  if (localStorage.getItem(KEY) === null) theme.value = matches ? "dark" : "light";
});

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

export function toggleTheme() {
  theme.value = theme.value === "dark" ? "light" : "dark";
  localStorage.setItem(KEY, theme.value);
}
