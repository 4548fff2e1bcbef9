import { useState } from "preact/hooks";
import type { Tool, Ui } from "../ui.js";

const TOOLS: readonly Tool[] = [
  { name: "Loss 20 %", fault: { kind: "loss", amount: 0.2 } },
  { name: "Delay 100 ms", fault: { kind: "delay", amount: 100 } },
  { name: "Jitter 50 ms", fault: { kind: "jitter", amount: 50 } },
  { name: "Reorder 10 %", fault: { kind: "reordering", amount: 0.1 } },
  { name: "Corrupt 5 %", fault: { kind: "corruption", amount: 0.05 } },
  { name: "Cut", cut: true },
];

/** In pixels: who moves less has clicked. */
const DRAG = 5;

/** Faults to be put on a link: dragged there, or chosen and then the link, which a keyboard can do as well. */
export function Tray({ ui }: { readonly ui: Ui }) {
  const { tool } = ui.view;
  const [drag, setDrag] = useState<{ readonly tool: Tool; readonly x: number; readonly y: number }>();
  const begin = (dragged: Tool, down: PointerEvent): void => {
    const isAway = ({ clientX, clientY }: PointerEvent): boolean =>
      Math.hypot(clientX - down.clientX, clientY - down.clientY) > DRAG;
    let moved = false;
    const onMove = (event: PointerEvent): void => {
      moved ||= isAway(event);
      if (moved) setDrag({ tool: dragged, x: event.clientX, y: event.clientY });
    };
    const onUp = (event: PointerEvent): void => {
      removeEventListener("pointermove", onMove);
      removeEventListener("pointerup", onUp);
      removeEventListener("pointercancel", onUp);
      setDrag(undefined);
      if (!moved || event.type === "pointercancel") return;
      const target = document
        .elementFromPoint(event.clientX, event.clientY)
        ?.closest<SVGElement>("[data-cable]");
      const cable = target?.dataset.cable;
      if (cable !== undefined) ui.apply(dragged, cable);
    };
    addEventListener("pointermove", onMove);
    addEventListener("pointerup", onUp);
    addEventListener("pointercancel", onUp);
  };
  return (
    <div class="tray" role="toolbar" aria-label="Faults">
      <span class="dim">{tool === undefined ? "Drag onto a link:" : "Now choose a link:"}</span>
      {TOOLS.map((each) => (
        <button
          type="button"
          key={each.name}
          aria-pressed={tool === each}
          onPointerDown={(event) => begin(each, event)}
          onClick={() => ui.show({ tool: tool === each ? undefined : each })}
        >
          {each.name}
        </button>
      ))}
      {drag !== undefined && (
        <div class="ghost" style={{ left: drag.x + 8, top: drag.y + 8 }}>
          {drag.tool.name}
        </div>
      )}
    </div>
  );
}
