// Pictures and files of a message, and the picture in full size.
import { html, signal, useLayoutEffect, useRef, useState } from "./lib.js";
import { Icon } from "./icons.js";

/** Open in full size: {items, at}. */
export const lightbox = signal(null);

/** The page's own pictures by path; a stranger's are not fetched. */
function ownUrl(url) {
  const { host, pathname, search } = new URL(url, location.href);
  return host === location.host ? pathname + search : null;
}

export function Gallery({ items }) {
  return html`<div class=${`gallery of-${Math.min(items.length, 5)}`}>
    ${items.map((item, at) => html`<${Picture} item=${item} open=${() => (lightbox.value = { items, at })} />`)}
  </div>`;
}

export function Picture({ item, open }) {
  const [shown, show] = useState(!item.spoiler);
  const { url, width, height } = item.media;
  const alt = item.description ?? "";
  const source = ownUrl(url);
  if (source === null) return html`<p class="foreign"><${Icon} name="out" />${alt || url}</p>`;
  return html`<button
    type="button"
    class=${`picture${shown ? "" : " hidden"}`}
    style=${{ "--ratio": width / height || 1 }}
    aria-label=${shown ? `Open in full size: ${alt || "image"}` : `Show spoiler: ${alt || "image"}`}
    onClick=${() => (shown ? open() : show(true))}
  >
    <img src=${source} alt=${shown ? alt : ""} title=${shown ? alt : ""} width=${width} height=${height} loading="lazy" />
    ${!shown && html`<span class="veil">Spoiler</span>`}
  </button>`;
}

export function File({ name, size, url, spoiler }) {
  const [shown, show] = useState(!spoiler);
  const source = ownUrl(url);
  if (!shown)
    return html`<button
      type="button"
      class="file"
      onClick=${() => show(true)}
    ><${Icon} name="file" />Show spoiler: a file</button>`;
  return html`<a class="file" href=${source} download=${name}><${Icon} name="file" /><span>${name}<small>${bytes(size)}</small></span></a>`;
}

export function bytes(size) {
  if (size < 1024) return `${size} bytes`;
  return size < 1024 * 1024 ? `${(size / 1024).toFixed(1)} KB` : `${(size / 1024 / 1024).toFixed(1)} MB`;
}

export function Lightbox() {
  return lightbox.value && html`<${Opened} />`;
}

function Opened() {
  const dialog = useRef(null);
  const { items, at } = lightbox.value;
  const item = items[at];
  const close = () => {
    lightbox.value = null;
  };
  const step = (by) => {
    lightbox.value = { items, at: (at + by + items.length) % items.length };
  };
  useLayoutEffect(() => dialog.current.showModal(), []);
  const key = ({ key: name }) =>
    items.length > 1 && (name === "ArrowRight" ? step(1) : name === "ArrowLeft" && step(-1));
  const source = ownUrl(item.media.url);
  return html`<dialog
    ref=${dialog}
    class="lightbox"
    aria-label="Image in full size"
    onClose=${close}
    onKeyDown=${key}
    onClick=${(event) => event.target === dialog.current && dialog.current.close()}
  >
    <figure>
      <img src=${source} alt=${item.description ?? ""} width=${item.media.width} height=${item.media.height} />
      <figcaption>
        <span>${item.description}</span>
        <span class="facts">${item.media.width} × ${item.media.height}${items.length > 1 && ` · ${at + 1} of ${items.length}`}</span>
        <a href=${source} target="_blank" rel="noreferrer">Open the file</a>
      </figcaption>
    </figure>
    ${
      items.length > 1 &&
      html`<button
        type="button"
        class="round previous"
        aria-label="Previous image"
        onClick=${() => step(-1)}
      ><${Icon} name="left" /></button>
      <button
        type="button"
        class="round next"
        aria-label="Next image"
        onClick=${() => step(1)}
      ><${Icon} name="right" /></button>`
    }
    <button
      type="button"
      class="round close"
      aria-label="Close"
      onClick=${() => dialog.current.close()}
    ><${Icon} name="close" /></button>
  </dialog>`;
}
