// The page, put together.
import { html, render, useEffect } from "./lib.js";
import { Composer } from "./composer.js";
import { focusMessageBox } from "./focus.js";
import { Header } from "./header.js";
import { Lightbox } from "./media.js";
import { Menu } from "./menu.js";
import { placeName } from "./message.js";
import { Messages, Typing } from "./messages.js";
import { Modal } from "./modal.js";
import { Panel } from "./panels.js";
import { Sidebar } from "./sidebar.js";
import { connected, guild, here, start } from "./state.js";
import "./theme.js";

function App() {
  useEffect(() => {
    document.title = here.value ? `${placeName()}${guild.value ? ` · ${guild.value.name}` : ""} · Sandbox` : "Sandbox";
  });
  if (!here.value) {
    const words =
      connected.value === false ? "The sandbox is not there. Start it, and this page goes on." : "One moment…";
    return html`<p class="starting" role="status">${words}</p>`;
  }
  return html`
    <a class="skip" href="#box" onClick=${(event) => (event.preventDefault(), focusMessageBox())}>Skip to the message box</a>
    <${Sidebar} />
    <main>
      <${Header} />
      <div class="beside">
        <div class="channel-view">
          <${Messages} />
          <${Composer} />
          <${Typing} />
        </div>
        <${Panel} />
      </div>
      <${Menu} />
    </main>
    <${Modal} />
    <${Lightbox} />
  `;
}

render(html`<${App} />`, document.getElementById("app"));
start();
