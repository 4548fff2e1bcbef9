import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { DHCP_CLIENT_STATES } from "../../src/dhcp/index.js";
import { ClientDialogue, NAK, OFFERED, OTHER_MAC } from "./client-dialogue.js";

const PAGE = readFileSync(join(__dirname, "../../docs/dhcp.md"), "utf8");

/** Some states that are drawn as one. */
interface Group {
  readonly members: ReadonlySet<string>;
  /** Where an arrow to the group leads. */
  readonly entry: string;
}

const ARROW = /^ *(\w+) --> (\w+): .+$/gm;

/** The arrows of the page's diagram, "INIT → SELECTING"; one from a group is one from each of its members. */
function drawnTransitions(): Set<string> {
  const [, diagram = ""] = /```mermaid\n([^`]*)```/.exec(PAGE) ?? [];
  const groups = new Map<string, Group>();
  for (const [, name, body] of diagram.matchAll(/as (\w+) \{([^}]*)\}/g)) {
    const members = new Set([...body!.matchAll(ARROW)].flatMap(([, from, to]) => [from!, to!]));
    groups.set(name!, { members, entry: /\[\*\] --> (\w+)/.exec(body!)![1]! });
  }
  const nameOf = (alias: string): string => alias.replace("_", "-");
  return new Set(
    [...diagram.matchAll(ARROW)].flatMap(([, from, to]) => {
      const sources = [...(groups.get(from!)?.members ?? [from!])];
      const target = groups.get(to!)?.entry ?? to!;
      return sources.map((source) => `${nameOf(source)} → ${nameOf(target)}`);
    }),
  );
}

const act = fc.oneof(
  { weight: 3, arbitrary: fc.constant((client: ClientDialogue) => passTime(client)) },
  ...(["OFFER", "ACK"] as const).map((type) => ({
    weight: 2,
    arbitrary: fc.constant((client: ClientDialogue) => client.receive(type)),
  })),
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      (client: ClientDialogue) => client.receive("ACK", {}, { ...OFFERED, rapidCommit: true }),
      (client: ClientDialogue) =>
        client.receive("ACK", {}, { ...OFFERED, renewalTime: 60, rebindingTime: 60 }),
      (client: ClientDialogue) => client.receive("NAK", {}, NAK),
      (client: ClientDialogue) => client.probed({ free: false, owner: OTHER_MAC }),
      (client: ClientDialogue) => client.conflict(),
      (client: ClientDialogue) => client.link(false),
      (client: ClientDialogue) => stop(client),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      (client: ClientDialogue) => client.probed({ free: true }),
      (client: ClientDialogue) => client.link(true),
      (client: ClientDialogue) => client.start(),
    ),
  },
);

function passTime(client: ClientDialogue): void {
  if (client.deadline < Infinity) client.until(Math.max(client.now, client.deadline));
}

function stop(client: ClientDialogue): void {
  client.machine.stop(client.now, true);
}

it("docs/dhcp.md draws every transition between states that there is, and no other", () => {
  const seen = new Set<string>();
  const lives = fc.sample(fc.array(act, { minLength: 100, maxLength: 100 }), { numRuns: 500, seed: 1 });
  for (const [index, acts] of lives.entries()) {
    const client = new ClientDialogue({ rapidCommit: index % 2 === 0 }).start();
    for (const act of acts) act(client);
    for (const event of client.events) if (event.type === "state") seen.add(`${event.from} → ${event.to}`);
  }
  // `stop` leads from each state to STOPPED, which would only hide the rest.
  const stops = DHCP_CLIENT_STATES.filter((state) => state !== "STOPPED").map(
    (state) => `${state} → STOPPED`,
  );
  expect([...seen].sort()).toEqual([...drawnTransitions(), ...stops].sort());
});
