// What opens beside something: in the browser's top layer, placed by floating-ui.
import { autoUpdate, computePosition, flip, offset, shift, size } from "../vendor/floating-ui-dom.js";
import { html, useEffect, useLayoutEffect, useRef } from "./lib.js";

/** `anchor` is an element; `close` is called for a press elsewhere. Keys are the business of what stands inside. */
export function Popover({ anchor, placement = "bottom-start", wide = false, close, children, ...rest }) {
  const own = useRef(null);
  useLayoutEffect(() => {
    const box = own.current;
    box.showPopover();
    const place = async () => {
      const { x, y } = await computePosition(anchor, box, {
        placement,
        strategy: "fixed",
        middleware: [offset(6), flip(beside(placement)), shift({ padding: 8 }), fit(wide)],
      });
      Object.assign(box.style, { left: `${x}px`, top: `${y}px` });
    };
    return autoUpdate(anchor, box, place);
  }, [anchor]);
  useEffect(() => {
    const elsewhere = ({ target }) => own.current?.contains(target) || anchor.contains?.(target) || close();
    document.addEventListener("pointerdown", elsewhere, true);
    return () => document.removeEventListener("pointerdown", elsewhere, true);
  });
  return html`<div ref=${own} popover="manual" class="popover" ...${rest}>${children}</div>`;
}

// On a narrow screen there is no room beside a menu, and what belongs there goes below.
const beside = (placement) => (placement.startsWith("right") ? { fallbackAxisSideDirection: "end" } : {});

const fit = (wide) =>
  size({
    padding: 8,
    apply({ availableHeight, availableWidth, rects, elements }) {
      const width = wide
        ? { width: `${rects.reference.width}px` }
        : { minWidth: `${Math.min(rects.reference.width, 360)}px` };
      Object.assign(elements.floating.style, {
        maxHeight: `${Math.min(availableHeight, 420)}px`,
        maxWidth: `${availableWidth}px`,
        ...width,
      });
    },
  });

/** Whether the pointer itself moved: a list that opens below a resting pointer must not take it for a choice. */
export const moved = ({ movementX, movementY }) => movementX !== 0 || movementY !== 0;
