import { describe, expect, it } from "@jest/globals";
import { DHCP_CLIENT_STATES, type DhcpClientState } from "../../src/dhcp/index.js";
import type { DhcpMessageType, DhcpOptions } from "../../src/wire/index.js";
import { ClientDialogue, NAK, OFFERED, OTHER_MAC } from "./client-dialogue.js";
import { ADDRESS, bytesOf } from "./messages.js";

/** A client whose lease is in storage, as after a reboot. */
function rebooted(): ClientDialogue {
  const before = new ClientDialogue().bind();
  const after = new ClientDialogue();
  after.stored = before.stored;
  return after;
}

/** How a client gets into each state. */
const REACH: Readonly<Record<DhcpClientState, () => ClientDialogue>> = {
  STOPPED: () => new ClientDialogue(),
  INIT: () => new ClientDialogue().start().receive("OFFER").receive("NAK", {}, NAK),
  SELECTING: () => new ClientDialogue().start(),
  REQUESTING: () => new ClientDialogue().start().receive("OFFER"),
  "INIT-REBOOT": () => rebooted().start(false),
  REBOOTING: () => rebooted().start(),
  PROBING: () => new ClientDialogue().start().receive("OFFER").receive("ACK"),
  BOUND: () => new ClientDialogue().bind(),
  RENEWING: () => new ClientDialogue().bind().until(1_800_000),
  REBINDING: () => new ClientDialogue().bind().until(3_150_000),
};

/** In the order of option 53's values. */
const MESSAGES = ["DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM"] as const;

/** Does not compile should a type be missing. */
const ALL_MESSAGES: Readonly<Record<DhcpMessageType, number>> = Object.fromEntries(
  MESSAGES.map((type, index) => [type, index]),
) as Record<(typeof MESSAGES)[number], number>;

/** What else can happen to a client. */
const INPUTS = {
  "the deadline": (client) => {
    client.until(Number.isFinite(client.deadline) ? client.deadline : client.now);
  },
  "link down": (client) => void client.link(false),
  "link up": (client) => void client.link(true),
  "address free": (client) => void client.probed({ free: true }),
  "address taken": (client) => void client.probed({ free: false, owner: OTHER_MAC }),
  conflict: (client) => void client.conflict(),
  start: (client) => void client.machine.start(client.now),
  stop: (client) => client.machine.stop(client.now),
} satisfies Readonly<Record<string, (client: ClientDialogue) => void>>;

type Input = keyof typeof INPUTS;

/** What was done, in short: "REQUESTING, REQUEST". */
function outcome(client: ClientDialogue, act: (client: ClientDialogue) => void): string {
  client.take();
  act(client);
  const words = client.take().map((line) => line.replace(/^\d+ (.* > \S+ )?/, ""));
  return words.map((line) => line.replace(/ (xid=|10\.|with|nothing).*/, "")).join(", ");
}

const REPLY_OPTIONS: Readonly<Partial<Record<DhcpMessageType, DhcpOptions>>> = {
  OFFER: OFFERED,
  ACK: OFFERED,
  NAK,
};

/** The answer that the client waits for, were it of this type. */
function receive(type: DhcpMessageType): (client: ClientDialogue) => void {
  return (client) => {
    const { xid = 0 } = client.sent.at(-1) ?? {};
    const yiaddr = type === "OFFER" || type === "ACK" ? { yiaddr: ADDRESS } : {};
    client.machine.receive(bytesOf(type, { xid, ...yiaddr }, REPLY_OPTIONS[type]), client.now);
  };
}

const NOT_A_REPLY = "ignored: not-a-reply";
const UNEXPECTED = "ignored: unexpected";
const NOTHING = "";

const FROM_CLIENTS = {
  DISCOVER: NOT_A_REPLY,
  REQUEST: NOT_A_REPLY,
  DECLINE: NOT_A_REPLY,
  RELEASE: NOT_A_REPLY,
  INFORM: NOT_A_REPLY,
};

const MESSAGE_TABLE: Readonly<Record<DhcpClientState, Readonly<Record<DhcpMessageType, string>>>> = {
  STOPPED: { ...FROM_CLIENTS, OFFER: UNEXPECTED, ACK: UNEXPECTED, NAK: UNEXPECTED },
  INIT: { ...FROM_CLIENTS, OFFER: UNEXPECTED, ACK: UNEXPECTED, NAK: UNEXPECTED },
  SELECTING: { ...FROM_CLIENTS, OFFER: "REQUESTING, REQUEST", ACK: UNEXPECTED, NAK: UNEXPECTED },
  REQUESTING: { ...FROM_CLIENTS, OFFER: UNEXPECTED, ACK: "PROBING, probe", NAK: "INIT" },
  "INIT-REBOOT": { ...FROM_CLIENTS, OFFER: UNEXPECTED, ACK: UNEXPECTED, NAK: UNEXPECTED },
  REBOOTING: { ...FROM_CLIENTS, OFFER: UNEXPECTED, ACK: "PROBING, probe", NAK: "forget, INIT" },
  PROBING: { ...FROM_CLIENTS, OFFER: UNEXPECTED, ACK: UNEXPECTED, NAK: UNEXPECTED },
  BOUND: { ...FROM_CLIENTS, OFFER: UNEXPECTED, ACK: UNEXPECTED, NAK: UNEXPECTED },
  RENEWING: {
    ...FROM_CLIENTS,
    OFFER: UNEXPECTED,
    ACK: "BOUND, renewed",
    NAK: "forget, configure, nak, INIT",
  },
  REBINDING: {
    ...FROM_CLIENTS,
    OFFER: UNEXPECTED,
    ACK: "BOUND, rebound",
    NAK: "forget, configure, nak, INIT",
  },
};

const ASK = "SELECTING, DISCOVER";
const TAKEN = "conflict, DECLINE, INIT";
const LOST = "configure, conflict, conflict, forget, DECLINE, INIT";
const RELEASED = "RELEASE, forget, configure, released, STOPPED";

const INPUT_TABLE: Readonly<Record<DhcpClientState, Readonly<Record<Input, string>>>> = {
  STOPPED: {
    "the deadline": NOTHING,
    "link down": NOTHING,
    "link up": NOTHING,
    "address free": NOTHING,
    "address taken": NOTHING,
    conflict: NOTHING,
    start: "INIT",
    stop: NOTHING,
  },
  INIT: {
    "the deadline": ASK,
    "link down": NOTHING,
    "link up": NOTHING,
    "address free": NOTHING,
    "address taken": NOTHING,
    conflict: NOTHING,
    start: NOTHING,
    stop: "STOPPED",
  },
  SELECTING: {
    "the deadline": "DISCOVER",
    "link down": "INIT",
    "link up": NOTHING,
    "address free": NOTHING,
    "address taken": NOTHING,
    conflict: NOTHING,
    start: NOTHING,
    stop: "STOPPED",
  },
  REQUESTING: {
    "the deadline": "failed: request-unanswered, REQUEST",
    "link down": "INIT",
    "link up": NOTHING,
    "address free": NOTHING,
    "address taken": NOTHING,
    conflict: NOTHING,
    start: NOTHING,
    stop: "STOPPED",
  },
  "INIT-REBOOT": {
    "the deadline": NOTHING,
    "link down": NOTHING,
    // The REQUEST goes out at the poll that follows.
    "link up": NOTHING,
    "address free": NOTHING,
    "address taken": NOTHING,
    conflict: NOTHING,
    start: NOTHING,
    stop: "STOPPED",
  },
  REBOOTING: {
    "the deadline": "failed: reboot-unanswered, REQUEST",
    "link down": "INIT-REBOOT",
    "link up": NOTHING,
    "address free": NOTHING,
    "address taken": NOTHING,
    conflict: NOTHING,
    start: NOTHING,
    stop: "STOPPED",
  },
  PROBING: {
    "the deadline": "probe ended, BOUND, configure, bound, announce, store",
    "link down": "probe ended, INIT-REBOOT",
    "link up": NOTHING,
    "address free": "BOUND, configure, bound, announce, store",
    "address taken": TAKEN,
    conflict: NOTHING,
    start: NOTHING,
    stop: "probe ended, RELEASE, STOPPED",
  },
  BOUND: {
    "the deadline": "RENEWING, REQUEST",
    "link down": "INIT-REBOOT",
    "link up": NOTHING,
    "address free": NOTHING,
    "address taken": NOTHING,
    conflict: LOST,
    start: NOTHING,
    stop: RELEASED,
  },
  RENEWING: {
    "the deadline": "failed: renewal-unanswered, REQUEST",
    "link down": "INIT-REBOOT",
    "link up": NOTHING,
    "address free": NOTHING,
    "address taken": NOTHING,
    conflict: LOST,
    start: NOTHING,
    stop: RELEASED,
  },
  REBINDING: {
    "the deadline": "failed: renewal-unanswered, REQUEST",
    "link down": "INIT-REBOOT",
    "link up": NOTHING,
    "address free": NOTHING,
    "address taken": NOTHING,
    conflict: LOST,
    start: NOTHING,
    stop: RELEASED,
  },
};

describe.each(DHCP_CLIENT_STATES)("in %s", (state) => {
  it("a client can be", () => {
    expect(REACH[state]().machine.state).toBe(state);
  });

  it.each(Object.keys(ALL_MESSAGES) as DhcpMessageType[])("%s", (type) => {
    const before = REACH[state]();
    const expected = MESSAGE_TABLE[state][type];
    expect(outcome(before, receive(type))).toBe(expected);
    // What is ignored changes nothing, the deadline included.
    if (!expected.startsWith("ignored")) return;
    const { deadline } = REACH[state]();
    expect(before.machine.state).toBe(state);
    expect(before.deadline).toBe(deadline);
  });

  it.each(Object.keys(INPUTS) as Input[])("%s", (input) => {
    expect(outcome(REACH[state](), INPUTS[input])).toBe(INPUT_TABLE[state][input]);
  });
});
