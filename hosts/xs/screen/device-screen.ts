import { Canvas, type CanvasOptions } from "./canvas.js";
import type { Contents } from "./contents.js";
import { layOut, type Layout } from "./layout.js";

const TEXTS = Object.freeze(["hostName", "address", "mac", "dhcp", "requests"] as const);

/** Draws what a device says of itself, and of that only what is not on the screen yet. */
export class DeviceScreen {
  readonly #canvas: Canvas;
  readonly #layout: Layout;
  #shown: Contents | undefined;

  constructor(options: CanvasOptions) {
    this.#canvas = new Canvas(options);
    this.#layout = layOut(this.#canvas.width, this.#canvas.height);
  }

  /** @throws Error if the renderer's list is too short */
  show(contents: Contents): void {
    const canvas = this.#canvas;
    const layout = this.#layout;
    const shown = this.#shown;
    if (shown === undefined) {
      for (const panel of layout.panels) canvas.drawPanel(panel);
      for (const label of layout.labels) canvas.drawText(label);
    }
    for (const name of TEXTS)
      if (contents[name] !== shown?.[name]) canvas.drawText({ ...layout[name], text: contents[name] });
    if (contents.url !== shown?.url) canvas.drawCode(layout.code, contents.url);
    this.#shown = contents;
  }
}
