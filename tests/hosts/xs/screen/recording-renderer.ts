import type { QrCode, Renderer } from "../../../../hosts/xs/screen/canvas.js";
import type { Rectangle } from "../../../../hosts/xs/screen/layout.js";

/** Pixels of each character: Poco's fonts are narrower, mostly. */
export const CHARACTER_WIDTHS = { large: 15, small: 8 } as const;

export const FONTS = { large: { name: "large" }, small: { name: "small" } } as const;

/** What was drawn between one `begin` and its `end`. */
export interface Drawing {
  readonly area: Rectangle;
  background?: number;
  text?: string;
  /** Pixels: the code without its quiet zone. */
  code?: Rectangle;
}

/** Takes what Poco takes, and refuses what Poco would lose: drawing outside of `begin` and `end`, or of their area. */
export class RecordingRenderer implements Renderer {
  readonly width: number;
  readonly height: number;
  readonly drawings: Drawing[] = [];
  #open: Drawing | undefined;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  /** Forgets what was drawn until now. @returns it */
  take(): Drawing[] {
    return this.drawings.splice(0);
  }

  begin(x: number, y: number, width: number, height: number): void {
    if (this.#open !== undefined) throw new Error("begin in a drawing");
    this.#open = { area: { x, y, width, height } };
    check(this.#open.area, { x: 0, y: 0, width: this.width, height: this.height });
  }

  end(): void {
    this.drawings.push(this.#drawing);
    this.#open = undefined;
  }

  makeColor(red: number, green: number, blue: number): number {
    return (red << 16) | (green << 8) | blue;
  }

  fillRectangle(color: number, x: number, y: number, width: number, height: number): void {
    const drawing = this.#drawing;
    if (JSON.stringify(drawing.area) !== JSON.stringify({ x, y, width, height }))
      throw new Error("only a part of the area is filled");
    drawing.background = color;
  }

  getTextWidth(text: string, font: object): number {
    return text.length * CHARACTER_WIDTHS[font === FONTS.large ? "large" : "small"];
  }

  drawText(text: string, font: object, color: number, x: number, y: number): void {
    const height = font === FONTS.large ? 38 : 21;
    const drawing = this.#drawing;
    check({ x, y, width: this.getTextWidth(text, font), height }, drawing.area);
    if (color === drawing.background) throw new Error("invisible text");
    drawing.text = text;
  }

  drawQRCode(code: QrCode, x: number, y: number, scale: number, color: number): void {
    if (color !== 0) throw new Error("the code is not black");
    const side = code.size * scale;
    this.#drawing.code = { x, y, width: side, height: side };
    check(this.#drawing.code, this.#drawing.area);
  }

  get #drawing(): Drawing {
    if (this.#open === undefined) throw new Error("drawing before begin");
    return this.#open;
  }
}

/** @throws Error if one rectangle is not inside the other */
export function check(inner: Rectangle, outer: Rectangle): void {
  const inside =
    inner.width > 0 &&
    inner.height > 0 &&
    [inner, outer].every((area) => Object.values(area).every(Number.isInteger)) &&
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height;
  if (!inside) throw new Error(`${JSON.stringify(inner)} is not inside ${JSON.stringify(outer)}`);
}
