import type { Contents } from "./contents.js";
import { layOut, type FontName, type Label, type Layout, type Panel, type Rectangle } from "./layout.js";

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

export interface DeviceScreenOptions {
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

const TEXTS = Object.freeze(["hostName", "address", "mac", "dhcp", "requests"] as const);

/** Draws what a device says of itself, and of that only what is not on the screen yet. */
export class DeviceScreen {
  readonly #options: DeviceScreenOptions;
  readonly #layout: Layout;
  #shown: Contents | undefined;

  constructor(options: DeviceScreenOptions) {
    const { width, height } = options.renderer;
    this.#options = options;
    this.#layout = layOut(width, height);
  }

  /** @throws Error if the renderer's list is too short */
  show(contents: Contents): void {
    const layout = this.#layout;
    const shown = this.#shown;
    if (shown === undefined) {
      for (const { area, color } of layout.panels) this.draw(area, color);
      for (const label of layout.labels) this.drawText(label);
    }
    for (const name of TEXTS)
      if (contents[name] !== shown?.[name]) this.drawText({ ...layout[name], text: contents[name] });
    if (contents.url !== shown?.url) this.drawCode(layout.code, contents.url);
    this.#shown = contents;
  }

  private drawText({ area, background, font: name, color, text }: Label): void {
    const { renderer, fonts } = this.#options;
    const font = fonts[name];
    const fitting = this.fit(text, font, area.width);
    const ink = this.color(color);
    this.draw(area, background, () => renderer.drawText(fitting, font, ink, area.x, area.y));
  }

  private drawCode({ area, color }: Panel, url: string): void {
    if (url === "") return this.draw(area, color);
    const { renderer, encode } = this.#options;
    const code = encode(url);
    const scale = Math.floor(area.width / (code.size + 2 * QUIET_ZONE));
    const offset = Math.floor((area.width - scale * code.size) / 2);
    const black = this.color(0);
    this.draw(area, color, () => renderer.drawQRCode(code, area.x + offset, area.y + offset, scale, black));
  }

  /** One area at a time: the renderer's list needs room for one only, and what is between them is not sent. */
  private draw({ x, y, width, height }: Rectangle, background: number, content?: () => void): void {
    const { renderer } = this.#options;
    renderer.begin(x, y, width, height);
    renderer.fillRectangle(this.color(background), x, y, width, height);
    content?.();
    renderer.end();
  }

  /** @returns the text, or what of it fits, with dots at its end */
  private fit(text: string, font: object, width: number): string {
    const { renderer } = this.#options;
    const fits = (part: string): boolean =>
      part.length <= MAX_TEXT && renderer.getTextWidth(part, font) <= width;
    if (fits(text)) return text;
    let end = Math.min(text.length, MAX_TEXT - 2);
    while (end > 0 && !fits(`${text.slice(0, end)}..`)) end -= 1;
    return `${text.slice(0, end)}..`;
  }

  private color(rgb: number): number {
    return this.#options.renderer.makeColor(rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff);
  }
}
