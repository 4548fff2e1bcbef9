import type { FontName, Label, Panel, Rectangle } from "./layout.js";

/** Commodetto's renderer `Poco`, as far as it is used here: drawing stands between `begin` and `end`. */
export interface Renderer {
  readonly width: number;
  readonly height: number;
  /** What follows is drawn into this rectangle only. */
  begin(x: number, y: number, width: number, height: number): void;
  /** Sends the pixels. It throws if there was more to draw than its list has room for. */
  end(): void;
  makeColor(red: number, green: number, blue: number): number;
  fillRectangle(color: number, x: number, y: number, width: number, height: number): void;
  getTextWidth(text: string, font: object): number;
  drawText(text: string, font: object, color: number, x: number, y: number): void;
  drawQRCode(code: QrCode, x: number, y: number, scale: number, color: number): void;
}

/** A byte a module, row by row. */
export interface QrCode extends ArrayBuffer {
  /** Modules in a row. */
  readonly size: number;
}

export interface CanvasOptions {
  readonly renderer: Renderer;
  readonly fonts: Readonly<Record<FontName, object>>;
  /** @returns the QR code of a text */
  readonly encode: (text: string) => QrCode;
}

/** Bytes of the renderer's list, in which a character takes 40 at most: enough for `MAX_TEXT` of them. */
export const DISPLAY_LIST_LENGTH = 2048;

/** Characters drawn of a text; a host name may have 63. */
export const MAX_TEXT = 40;

/** Modules that are to stay white on each side of a code (ISO/IEC 18004). */
export const QUIET_ZONE = 4;

/** Draws one thing at a time: the renderer's list needs room for one only, and what is between them is not sent. */
export class Canvas {
  readonly #options: CanvasOptions;

  constructor(options: CanvasOptions) {
    this.#options = options;
  }

  get width(): number {
    return this.#options.renderer.width;
  }

  get height(): number {
    return this.#options.renderer.height;
  }

  /** @throws Error if the renderer's list is too short, as all here do */
  drawPanel({ area, color }: Panel): void {
    this.draw(area, color);
  }

  /** A line of text, or what of it fits with dots at its end. */
  drawText({ area, background, font: name, color, text }: Label): void {
    const { renderer, fonts } = this.#options;
    const fitting = this.cut(text, name, area.width);
    const ink = this.color(color);
    this.draw(area, background, () => renderer.drawText(fitting, fonts[name], ink, area.x, area.y));
  }

  /** A text's QR code in the middle of a square; nothing of an empty text. */
  drawCode({ area, color }: Panel, text: string): void {
    if (text === "") return this.draw(area, color);
    const { renderer, encode } = this.#options;
    const code = encode(text);
    const scale = Math.floor(area.width / (code.size + 2 * QUIET_ZONE));
    const offset = Math.floor((area.width - scale * code.size) / 2);
    const black = this.color(0);
    this.draw(area, color, () => renderer.drawQRCode(code, area.x + offset, area.y + offset, scale, black));
  }

  /** @returns whether a text is drawn as it is */
  fits(text: string, font: FontName, width: number): boolean {
    const { fonts, renderer } = this.#options;
    return text.length <= MAX_TEXT && renderer.getTextWidth(text, fonts[font]) <= width;
  }

  private cut(text: string, font: FontName, width: number): string {
    if (this.fits(text, font, width)) return text;
    let end = Math.min(text.length, MAX_TEXT - 2);
    while (end > 0 && !this.fits(`${text.slice(0, end)}..`, font, width)) end -= 1;
    return `${text.slice(0, end)}..`;
  }

  private draw({ x, y, width, height }: Rectangle, background: number, content?: () => void): void {
    const { renderer } = this.#options;
    renderer.begin(x, y, width, height);
    renderer.fillRectangle(this.color(background), x, y, width, height);
    content?.();
    renderer.end();
  }

  private color(rgb: number): number {
    return this.#options.renderer.makeColor(rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff);
  }
}
