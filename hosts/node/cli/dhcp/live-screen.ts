import type { WriteStream } from "node:tty";

const ESC = "\x1b[";
/** The alternate screen, as full-screen programs use it: what was on the terminal before comes back afterwards. */
const ENTER = `${ESC}?1049h${ESC}?25l`;
const LEAVE = `${ESC}?25h${ESC}?1049l`;
/** Terminals that know it show what is between these at once; the others ignore it. */
const BEGIN_UPDATE = `${ESC}?2026h`;
const END_UPDATE = `${ESC}?2026l`;
const HOME = `${ESC}H`;
const CLEAR_TO_LINE_END = `${ESC}K`;
const CLEAR_BELOW = `${ESC}J`;

/** Where there is no size to be had. */
const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

/** How often the time that is left goes on, in ms. */
const REFRESH_INTERVAL = 1_000;
/** In ms: what happens within it is shown together. */
const GATHERING = 50;

/** The lines to show, at most `rows`, each with at most `columns` characters. */
export type Renderer = (columns: number, rows: number) => readonly string[];

/**
 * A terminal whose content is drawn again and again without flicker: over what is there, in one write, and only when
 * something has changed.
 */
export class LiveScreen {
  readonly #terminal: WriteStream;
  readonly #render: Renderer;
  readonly #interval: NodeJS.Timeout;
  readonly #leave = (): void => void this.#terminal.write(LEAVE);
  readonly #resize = (): void => {
    // What the terminal has made of the old lines is not known.
    this.#shown = "";
    this.#draw();
  };
  #soon: NodeJS.Timeout | undefined;
  #shown = "";

  /** Takes the terminal over until `close`. */
  constructor(terminal: WriteStream, render: Renderer) {
    this.#terminal = terminal;
    this.#render = render;
    this.#terminal.write(ENTER);
    // However the process ends, as far as it can know.
    process.once("exit", this.#leave);
    terminal.on("resize", this.#resize);
    this.#draw();
    this.#interval = setInterval(() => this.#draw(), REFRESH_INTERVAL);
  }

  /** What is to be shown has changed. */
  refresh(): void {
    this.#soon ??= setTimeout(() => this.#draw(), GATHERING);
  }

  /** Gives the terminal back as it was. */
  close(): void {
    clearTimeout(this.#soon);
    clearInterval(this.#interval);
    this.#terminal.off("resize", this.#resize);
    process.off("exit", this.#leave);
    this.#leave();
  }

  #draw(): void {
    this.#soon = undefined;
    const { columns = USUAL_COLUMNS, rows = USUAL_ROWS } = this.#terminal;
    const lines = this.#render(columns, rows);
    // Behind a full line the cursor stays on its last character, which clearing would take away.
    const drawn = lines.map((line) => (line.length < columns ? `${line}${CLEAR_TO_LINE_END}` : line));
    if (lines.length < rows) drawn.push(CLEAR_BELOW);
    const frame = `${BEGIN_UPDATE}${HOME}${drawn.join("\r\n")}${END_UPDATE}`;
    if (frame === this.#shown) return;
    this.#shown = frame;
    this.#terminal.write(frame);
  }
}
