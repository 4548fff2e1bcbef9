import type { Action } from "../run/action.js";
import type { Fault } from "../run/fault.js";
import type { Request } from "../protocol/index.js";
import { Link } from "./model/link.js";
import { Model } from "./model/model.js";

/** What is put on a cable when the person points at one. */
export type Tool = { readonly name: string } & ({ readonly fault: Fault } | { readonly cut: true });

export type Selection = { readonly kind: "host" | "cable" | "switch"; readonly name: string } | undefined;

export type Tab = "packets" | "conversations" | "story";

/** What a person has chosen to see. */
export interface View {
  readonly selection: Selection;
  readonly tab: Tab;
  /** The number of the packet that is shown whole. */
  readonly packet: number | undefined;
  readonly flow: number | undefined;
  readonly shows: "ladder" | "plots";
  readonly filter: string;
  readonly tool: Tool | undefined;
  readonly notice: string | undefined;
  readonly helps: boolean;
}

const FIRST_VIEW: View = {
  selection: undefined,
  tab: "packets",
  packet: undefined,
  flow: undefined,
  shows: "ladder",
  filter: "",
  tool: undefined,
  notice: undefined,
  helps: false,
};

/** The page's state, and what its parts may do. All that changes in the time of a frame of the screen is drawn once. */
export class Ui {
  readonly model = new Model();
  readonly #link: Link;
  readonly #draw: () => void;
  #view = FIRST_VIEW;
  #isDue = false;

  constructor(draw: () => void) {
    this.#draw = draw;
    this.#link = new Link(this.model, () => this.changed());
  }

  get view(): View {
    return this.#view;
  }

  show(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change };
    this.changed();
  }

  select(selection: Selection): void {
    this.show({ selection });
    this.ask({ ask: "watch", host: selection?.kind === "host" ? selection.name : null });
  }

  /** Uses the tool on a cable, or else shows the cable. */
  pointAt(cable: string): void {
    const { tool } = this.#view;
    if (tool === undefined) return this.select({ kind: "cable", name: cable });
    this.apply(tool, cable);
    this.show({ tool: undefined });
  }

  apply(tool: Tool, cable: string): void {
    this.act("fault" in tool ? { do: "impair", cable, fault: tool.fault } : { do: "cut", cable });
    this.select({ kind: "cable", name: cable });
  }

  act(action: Action): void {
    this.ask({ ask: "act", action });
  }

  /** Asks, and shows what is said against it. */
  ask(request: Request, then: (value: string) => void = () => undefined): void {
    this.#link.ask(request).then(then, (error: Error) => {
      if (request.ask !== "watch") this.show({ notice: error.message });
    });
  }

  changed(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }
}
