import type { StoryLine } from "../../story.js";
import type { CablePicture, HostPicture } from "../protocol/index.js";
import type { Run } from "../run/index.js";
import { HostPages } from "./host-pages.js";
import { endsOf, pictureOfCable, pictureOfHost } from "./picture.js";
import { Recorder } from "./recorder.js";

/** Lines of the story that a new tab gets. */
const MAX_LINES = 500;

interface Versioned<T> {
  readonly value: T;
  readonly text: string;
  readonly version: number;
}

/** What all tabs are shown of one run. Pictures have a version, so that each tab gets what is new to it. */
export class Scene {
  readonly run: Run;
  readonly recorder: Recorder;
  readonly pages: HostPages;
  /** Grows with each change of a picture. */
  version = 0;
  readonly #hosts = new Map<string, Versioned<HostPicture>>();
  readonly #cables = new Map<string, Versioned<CablePicture>>();
  #lines: StoryLine[] = [];
  #lineCount = 0;
  readonly #unfollow: () => void;

  constructor(run: Run) {
    this.run = run;
    this.recorder = new Recorder(run.lan);
    this.pages = new HostPages(run);
    const { story } = run.lan;
    for (const line of story) this.#addLine(line);
    this.#unfollow = run.lan.follow((line) => this.#addLine(line));
  }

  end(): void {
    this.#unfollow();
    this.pages.end();
    this.recorder.end();
    this.run.end();
  }

  /** Looks at the LAN anew. */
  update(): void {
    const { lan } = this.run;
    this.recorder.watchNewHosts();
    const ends = endsOf(lan);
    for (const host of lan.hosts) this.#note(this.#hosts, host.name, pictureOfHost(host));
    for (const cable of lan.cables) this.#note(this.#cables, cable.name, pictureOfCable(cable, ends));
  }

  /** What has changed since that version. */
  hostsSince(version: number): HostPicture[] {
    return newer(this.#hosts, version);
  }

  cablesSince(version: number): CablePicture[] {
    return newer(this.#cables, version);
  }

  /** The lines from that number on, and the number behind them; the oldest may be gone. */
  linesSince(count: number): { readonly lines: readonly StoryLine[]; readonly count: number } {
    const missing = this.#lineCount - count;
    return { lines: missing > 0 ? this.#lines.slice(-missing) : [], count: this.#lineCount };
  }

  #note<T>(table: Map<string, Versioned<T>>, name: string, value: T): void {
    const text = JSON.stringify(value);
    if (table.get(name)?.text !== text) table.set(name, { value, text, version: ++this.version });
  }

  #addLine(line: StoryLine): void {
    this.#lineCount++;
    if (this.#lines.push(line) > 2 * MAX_LINES) this.#lines = this.#lines.slice(-MAX_LINES);
  }
}

function newer<T>(table: ReadonlyMap<string, Versioned<T>>, version: number): T[] {
  return [...table.values()].filter((each) => each.version > version).map(({ value }) => value);
}
