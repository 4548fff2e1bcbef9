import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MacAddress } from "../../src/address/index.js";
import type { DhcpServerIgnoreReason } from "../../src/dhcp/index.js";
import type { DhcpMessage, DhcpMessageType, DhcpOptions } from "../../src/wire/index.js";
import { ADDRESS, bytesOf, ip, OTHER_SERVER, SERVER } from "./messages.js";
import { mac, ServerDialogue, type ServerChange } from "./server-dialogue.js";

const ANOTHER = ip("10.0.0.101");
const OUTSIDE_POOL = ip("10.0.0.50");
const ELSEWHERE = ip("192.168.0.7");
const ours = { serverIdentifier: SERVER };
const theirs = { serverIdentifier: OTHER_SERVER };

type Message = readonly [type: DhcpMessageType, fields: Partial<DhcpMessage>, options: DhcpOptions];

/** What client 1 may send; "its" address is 10.0.0.100, whether it has it or not. */
const MESSAGES = {
  DISCOVER: ["DISCOVER", {}, { requestedAddress: ADDRESS }],
  "SELECTING its address": ["REQUEST", {}, { ...ours, requestedAddress: ADDRESS }],
  "SELECTING another": ["REQUEST", {}, { ...ours, requestedAddress: ANOTHER }],
  "SELECTING another server": ["REQUEST", {}, { ...theirs, requestedAddress: ADDRESS }],
  "INIT-REBOOT": ["REQUEST", {}, { requestedAddress: ADDRESS }],
  "INIT-REBOOT, another": ["REQUEST", {}, { requestedAddress: ANOTHER }],
  "INIT-REBOOT, elsewhere": ["REQUEST", {}, { requestedAddress: ELSEWHERE }],
  RENEWING: ["REQUEST", { ciaddr: ADDRESS }, {}],
  "RENEWING another": ["REQUEST", { ciaddr: ANOTHER }, {}],
  "RENEWING outside the pool": ["REQUEST", { ciaddr: OUTSIDE_POOL }, {}],
  "REBINDING elsewhere": ["REQUEST", { ciaddr: ELSEWHERE }, {}],
  "REQUEST of nothing": ["REQUEST", {}, {}],
  DECLINE: ["DECLINE", {}, { ...ours, requestedAddress: ADDRESS }],
  "DECLINE of another": ["DECLINE", {}, { ...ours, requestedAddress: ANOTHER }],
  "DECLINE to another server": ["DECLINE", {}, { ...theirs, requestedAddress: ADDRESS }],
  RELEASE: ["RELEASE", { ciaddr: ADDRESS }, ours],
  "RELEASE of another": ["RELEASE", { ciaddr: ANOTHER }, ours],
  "RELEASE to another server": ["RELEASE", { ciaddr: ADDRESS }, theirs],
  "RELEASE to nobody": ["RELEASE", { ciaddr: ADDRESS }, {}],
  INFORM: ["INFORM", { ciaddr: OUTSIDE_POOL }, {}],
  "INFORM from elsewhere": ["INFORM", { ciaddr: ELSEWHERE }, {}],
} satisfies Record<string, Message>;

/** What 10.0.0.100 may be when the message comes. */
const STATES = {
  new: (server) => server,
  offered: (server) => server.receive("DISCOVER", { chaddr: mac(1) }, { requestedAddress: ADDRESS }),
  bound: (server) => server.bind(1, ADDRESS),
  free: (server) => server.bind(1, ADDRESS).release(1, ADDRESS),
  declined: (server) =>
    server.bind(1, ADDRESS).receive("DECLINE", {}, { ...ours, requestedAddress: ADDRESS }),
  others: (server) => server.bind(2, ADDRESS),
} satisfies Record<string, (server: ServerDialogue) => ServerDialogue>;

type State = keyof typeof STATES;

/**
 * The answer, "+" for another address than was asked for, and what becomes of 10.0.0.100 if that changes; last, why there
 * is no answer.
 */
const TABLE = `
                            | new           | offered    | bound      | free          | declined | others |
  DISCOVER                  | OFFER offered | OFFER      | OFFER      | OFFER offered | OFFER+   | OFFER+ |
  SELECTING its address     | ACK bound     | ACK bound  | ACK        | ACK bound     | NAK      | NAK    |
  SELECTING another         | ACK           | NAK        | NAK        | NAK           | ACK      | ACK    |
  SELECTING another server  | -             | - gone     | -          | -             | -        | -      | other-server
  INIT-REBOOT               | -             | ACK bound  | ACK        | ACK bound     | -        | -      | unknown-client
  INIT-REBOOT, another      | -             | NAK        | NAK        | NAK           | -        | -      | unknown-client
  INIT-REBOOT, elsewhere    | NAK           | NAK        | NAK        | NAK           | NAK      | NAK    |
  RENEWING                  | ACK bound     | ACK bound  | ACK        | ACK bound     | NAK      | NAK    |
  RENEWING another          | ACK           | NAK        | NAK        | NAK           | ACK      | ACK    |
  RENEWING outside the pool | NAK           | NAK        | NAK        | NAK           | NAK      | NAK    |
  REBINDING elsewhere       | NAK           | NAK        | NAK        | NAK           | NAK      | NAK    |
  REQUEST of nothing        | -             | -          | -          | -             | -        | -      | no-address-asked
  DECLINE                   | -             | - declined | - declined | -             | -        | -      | unknown-client
  DECLINE of another        | -             | -          | -          | -             | -        | -      | unknown-client
  DECLINE to another server | -             | -          | -          | -             | -        | -      | other-server
  RELEASE                   | -             | -          | - free     | -             | -        | -      | unknown-client
  RELEASE of another        | -             | -          | -          | -             | -        | -      | unknown-client
  RELEASE to another server | -             | -          | -          | -             | -        | -      | other-server
  RELEASE to nobody         | -             | -          | -          | -             | -        | -      | other-server
  INFORM                    | ACK           | ACK        | ACK        | ACK           | ACK      | ACK    |
  INFORM from elsewhere     | -             | -          | -          | -             | -        | -      | bad-ciaddr
`;

const [COLUMNS = [], ...ROWS] = TABLE.trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()));

/** What client 1 gets, as in the table, and why it gets nothing. */
function outcome(state: State, name: keyof typeof MESSAGES, change: ServerChange = {}): [string, string] {
  const server = new ServerDialogue(change);
  STATES[state](server).take();
  const sentBefore = server.sent.length;
  const before = server.stateOf(ADDRESS);
  const [type, fields, options]: Message = MESSAGES[name];
  server.receive(type, fields, options);
  const [answer, ...more] = server.sent.slice(sentBefore);
  expect(more).toEqual([]);
  const [ignored = ""] = Object.keys(server.machine.ignored);
  let text = answer?.type ?? "-";
  const asked = options.requestedAddress ?? fields.ciaddr;
  if (answer?.yiaddr.isUnspecified === false && asked?.equals(answer.yiaddr) !== true) text += "+";
  const after = server.stateOf(ADDRESS);
  if (after !== before) text += ` ${after?.split(" ")[0] ?? "gone"}`;
  return [text, ignored];
}

describe("each message in each state (RFC 2131 §4.3)", () => {
  it.each(ROWS)("%s", (message = "", ...outcomes) => {
    const reason = outcomes.pop();
    const found = COLUMNS.slice(1, -1).map((state) =>
      outcome(state as State, message as keyof typeof MESSAGES),
    );
    expect(found.map(([text]) => text)).toEqual(outcomes);
    for (const [text, ignored] of found) if (text === "-") expect(ignored).toBe(reason);
  });

  it("has a row for each message", () => {
    expect(ROWS.map(([message]) => message)).toEqual(Object.keys(MESSAGES));
  });

  it.each<[message: keyof typeof MESSAGES, state: State]>([
    ["INIT-REBOOT, elsewhere", "new"],
    ["REBINDING elsewhere", "new"],
    ["RENEWING outside the pool", "new"],
    ["RENEWING", "others"],
  ])("not authoritative, it leaves %s (%s) to others", (message, state) => {
    expect(outcome(state, message, { authoritative: false })).toEqual(["-", "not-authoritative"]);
  });

  it("not authoritative, it refuses who has chosen it", () => {
    expect(outcome("others", "SELECTING its address", { authoritative: false })).toEqual(["NAK", ""]);
  });
});

describe("a message that is shorter than BOOTP's 300 bytes", () => {
  it.each<[name: string, length: number]>([
    ["that ends with END", 244],
    ["and lacks even that", 243],
  ])("%s is answered, by one of 300", (_name, length) => {
    const server = new ServerDialogue();
    server.machine.receive(bytesOf("DISCOVER", {}).subarray(0, length), 0);
    expect(server.sent).toMatchObject([{ type: "OFFER" }]);
    expect(server.bytes[0]).toHaveLength(300);
  });
});

describe("which kind of REQUEST it is (RFC 2131 §4.3.2, table 4)", () => {
  // To a client that has no lease each kind gets another answer.
  it.each<[name: string, server: boolean, requested: boolean, ciaddr: boolean, answer: string]>([
    ["SELECTING", true, true, false, "ACK"],
    ["INIT-REBOOT", false, true, false, "unknown-client"],
    ["RENEWING and REBINDING", false, false, true, "ACK"],
    ["none of them: nothing is asked for", false, false, false, "no-address-asked"],
    ["none of them: an offer of nothing", true, false, false, "no-address-asked"],
    // What is against the table, as some clients send it: they have the address in ciaddr.
    ["RENEWING, with the server's identifier", true, false, true, "ACK"],
    ["RENEWING, with a requested address", false, true, true, "ACK"],
    ["RENEWING, with both", true, true, true, "ACK"],
  ])("%s", (_name, hasServer, hasRequested, hasCiaddr, answer) => {
    const server = new ServerDialogue().receive("REQUEST", hasCiaddr ? { ciaddr: ADDRESS } : {}, {
      serverIdentifier: hasServer ? SERVER : undefined,
      requestedAddress: hasRequested ? ADDRESS : undefined,
    });
    expect(server.sent[0]?.type ?? Object.keys(server.machine.ignored)[0]).toBe(answer);
    if (hasCiaddr) expect(server.sent[0]?.ciaddr).toEqual(ADDRESS);
  });
});

describe("a lease", () => {
  it("is extended by each REQUEST", () => {
    const server = new ServerDialogue().bind(1, ADDRESS).until(1_000);
    server.receive("REQUEST", { ciaddr: ADDRESS });
    expect(server.machine.leases).toMatchObject([{ state: "bound", expiresAt: 3_601_000 }]);
  });

  it("ends when its time is over", () => {
    const server = new ServerDialogue().bind(1, ADDRESS);
    expect(server.until(3_599_999).take()).toEqual([]);
    expect(server.until(3_600_000).take()).toEqual(["3600000 10.0.0.100 expired"]);
    expect(server.deadline).toBe(Infinity);
  });

  it("that is over is noticed by the next message if no poll came", () => {
    const server = new ServerDialogue({ pool: { first: ADDRESS, last: ADDRESS } }).bind(1, ADDRESS);
    server.now = 3_600_000;
    expect(server.lease({ chaddr: mac(2) })).toBe("10.0.0.100");
  });

  it("ends with RELEASE", () => {
    expect(new ServerDialogue().bind(1, ADDRESS).release(1, ADDRESS).take()).toEqual([
      "0 10.0.0.100 released",
    ]);
  });

  it("keeps the client's name, cut to a label's length", () => {
    const server = new ServerDialogue();
    server.lease({}, { hostName: "n".repeat(80) });
    expect(server.machine.leases).toMatchObject([{ hostName: "n".repeat(63) }]);
  });

  it.each<[name: string, kept: string]>([
    ["lamp.example.org.", "lamp"],
    ["lamp", "lamp"],
    // It asks for a name.
    ["", "old"],
  ])("keeps the host of its full name %j before the name it says besides (RFC 4702 §4)", (name, kept) => {
    const server = new ServerDialogue();
    server.lease({}, { clientFqdn: { name }, hostName: "old" });
    expect(server.machine.leases).toMatchObject([{ hostName: kept }]);
    expect(server.events[0]).toMatchObject({ hostName: kept });
  });
});

describe("ignored", () => {
  it.each<[name: string, DhcpMessageType, Partial<DhcpMessage>, DhcpServerIgnoreReason]>([
    ["what servers send", "OFFER", {}, "not-a-request"],
    ["no MAC", "DISCOVER", { chaddr: MacAddress.fromValue(0) }, "bad-chaddr"],
    ["a MAC of many", "DISCOVER", { chaddr: MacAddress.broadcast }, "bad-chaddr"],
    ["a relay of another network", "DISCOVER", { giaddr: ip("10.9.0.1") }, "other-network"],
  ])("%s, and said once", (_name, type, fields, reason) => {
    const server = new ServerDialogue().receive(type, fields).receive(type, fields);
    expect(server.machine.ignored).toEqual({ [reason]: 2 });
    expect(server.take()).toEqual([`0 ignored: ${reason}`]);
    expect(server.machine.leases).toEqual([]);
  });

  it("a malformed message, by its fault", () => {
    const server = new ServerDialogue();
    server.machine.receive(bytesOf("DISCOVER", {}).subarray(0, 239), 0);
    expect(server.machine.ignored).toEqual({ "dhcp-truncated": 1 });
  });

  it("a BOOTP request, which says no message type", () => {
    const server = new ServerDialogue();
    const bytes = bytesOf("DISCOVER", {});
    server.machine.receive(bytes.fill(0, 240), 0);
    expect(server.take()).toEqual(["0 ignored: dhcp-message-type"]);
  });

  it("random bytes, without a throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
        const server = new ServerDialogue();
        server.machine.receive(bytes, 0);
        expect(server.sent).toEqual([]);
      }),
    );
  });
});
