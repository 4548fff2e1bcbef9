import { Canvas, type CanvasOptions } from "./canvas.js";
import type { Label, TextSpot } from "./layout.js";
import { joiningText, type SetupContents } from "./setup-contents.js";
import { fill, layOutSetup, type SetupLayout } from "./setup-layout.js";

/** Draws what to do in set-up mode: join the access point, then open the page. Each step is a code for a phone, and words. */
export class SetupScreen {
  readonly #canvas: Canvas;
  readonly #layout: SetupLayout;

  constructor(options: CanvasOptions) {
    this.#canvas = new Canvas(options);
    this.#layout = layOutSetup(this.#canvas.width, this.#canvas.height);
  }

  /** Draws all of it: it changes when somebody joins, and hardly ever else. @throws Error if the renderer's list is too short */
  show({ address, hasVisitor, password, ssid }: SetupContents): void {
    const canvas = this.#canvas;
    const layout = this.#layout;
    const url = `http://${address}/`;
    for (const panel of layout.panels) canvas.drawPanel(panel);
    canvas.drawText({
      ...layout.step,
      text: hasVisitor ? "2. Open this page" : "1. Join this Wi-Fi network",
    });
    this.drawSubject(hasVisitor ? address : ssid);
    const notes = hasVisitor
      ? this.notes("Choose your", "network there.")
      : this.joiningNotes(password, address);
    for (const note of notes) canvas.drawText(note);
    canvas.drawCode(layout.code, hasVisitor ? url : joiningText(ssid, password));
  }

  private drawSubject(text: string): void {
    const { subject, subjectLines } = this.#layout;
    if (this.fits(text, subject)) return this.#canvas.drawText({ ...subject, text });
    for (const line of this.fill(subjectLines, text)) this.#canvas.drawText(line);
  }

  private joiningNotes(password: string | undefined, address: string): Label[] {
    const page = `Page: ${address}`;
    if (password === undefined) return this.notes("No password", page);
    const lines = this.fill(this.#layout.notes.slice(0, -1), `Password: ${password}`);
    return [...lines, { ...this.#layout.notes[lines.length]!, text: page }];
  }

  private notes(...texts: readonly string[]): Label[] {
    return texts.map((text, index) => ({ ...this.#layout.notes[index]!, text }));
  }

  private fill(spots: readonly TextSpot[], text: string): Label[] {
    return fill(spots, text, (part, spot) => this.fits(part, spot));
  }

  private fits(text: string, { area, font }: TextSpot): boolean {
    return this.#canvas.fits(text, font, area.width);
  }
}
