import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Ipv4Address, MacAddress } from "../../../src/address/index.js";
import type { NetworkError } from "../../../src/error/index.js";
import {
  DHCP_DEFAULT_LIMIT,
  DHCP_MAX_LENGTH,
  DHCP_MIN_LENGTH,
  dhcpXid,
  emitDhcp,
  parseDhcp,
  type DhcpFault,
  type DhcpMessage,
  type DhcpOptions,
} from "../../../src/wire/index.js";
import { anyMessage } from "./arbitraries.js";
import { hex, ip } from "./bytes.js";

/** A message as captured: the header up to the MAC, an empty rest of the header, then cookie and options. */
function captured(header: string, options: string): Uint8Array {
  const bytes = new Uint8Array(Math.max(300, 236 + hex(options).length));
  bytes.set(hex(header), 0);
  bytes.set(hex(options), 236);
  return bytes;
}

/** Options with any codes, again and again, and any values; some areas have no END. */
const anyArea = (maxOptions: number): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(254), fc.uint8Array({ maxLength: 12 })), { maxLength: maxOptions }),
      fc.constantFrom([], [0xff], [0x34, 0x01, 0x03, 0xff], [0x0c, 0xff]),
    )
    .map(([options, end]) =>
      Uint8Array.from([...options.flatMap(([code, value]) => [code, value.length, ...value]), ...end]),
    );

const ZERO = Ipv4Address.unspecified;
const HEADER: Omit<DhcpMessage, "type" | "options"> = {
  hops: 0,
  xid: 0xa0701b6d,
  secs: 3,
  broadcast: false,
  ciaddr: ZERO,
  yiaddr: ZERO,
  siaddr: ZERO,
  giaddr: ZERO,
  chaddr: MacAddress.parse("02:1a:2b:3c:4d:5e"),
  sname: "",
  file: "",
};
const SERVER = ip("10.77.0.1");
const GIVEN = { yiaddr: ip("10.77.0.114"), siaddr: SERVER };
const FROM_CLIENT: DhcpOptions = {
  maxMessageSize: 576,
  parameterRequestList: Uint8Array.of(1, 3, 6, 12, 15, 28, 42),
  hostName: "device",
  clientIdentifier: hex("01 021a2b3c4d5e"),
};
const FROM_SERVER: DhcpOptions = {
  serverIdentifier: SERVER,
  leaseTime: 120,
  renewalTime: 60,
  rebindingTime: 105,
  subnetMask: ip("255.255.255.0"),
  broadcastAddress: ip("10.77.0.255"),
  routers: [SERVER],
  domainName: "lan.example",
  dnsServers: [SERVER, ip("10.77.0.2")],
};

const CLIENT_TAIL = "390202403707 0103060c0f1c2a 0c06646576696365 3d0701021a2b3c4d5e ff";
const SERVER_HEAD =
  "36040a4d0001 330400000078 3a040000003c 3b0400000069 0104ffffff00 1c040a4d00ff 03040a4d0001";
const SERVER_TAIL = "0f0b6c616e2e6578616d706c65 06080a4d00010a4d0002 ff";

/** busybox udhcpc 1.35 and dnsmasq 2.90 over a veth pair, captured with tshark. */
const CAPTURES: readonly (readonly [name: string, bytes: Uint8Array, message: DhcpMessage])[] = [
  [
    "udhcpc's DISCOVER",
    captured(
      "01010600 a0701b6d 00030000 00000000 00000000 00000000 00000000 021a2b3c4d5e",
      `63825363 350101 ${CLIENT_TAIL}`,
    ),
    { ...HEADER, type: "DISCOVER", options: FROM_CLIENT },
  ],
  [
    "dnsmasq's OFFER",
    captured(
      "02010600 a0701b6d 00030000 00000000 0a4d0072 0a4d0001 00000000 021a2b3c4d5e",
      `63825363 350102 ${SERVER_HEAD} ${SERVER_TAIL}`,
    ),
    { ...HEADER, ...GIVEN, type: "OFFER", options: FROM_SERVER },
  ],
  [
    "udhcpc's REQUEST",
    captured(
      "01010600 a0701b6d 00030000 00000000 00000000 00000000 00000000 021a2b3c4d5e",
      `63825363 350103 32040a4d0072 36040a4d0001 ${CLIENT_TAIL}`,
    ),
    {
      ...HEADER,
      type: "REQUEST",
      options: { ...FROM_CLIENT, requestedAddress: ip("10.77.0.114"), serverIdentifier: SERVER },
    },
  ],
  [
    "dnsmasq's ACK",
    captured(
      "02010600 a0701b6d 00030000 00000000 0a4d0072 0a4d0001 00000000 021a2b3c4d5e",
      `63825363 350105 ${SERVER_HEAD} 0c06646576696365 ${SERVER_TAIL}`,
    ),
    { ...HEADER, ...GIVEN, type: "ACK", options: { ...FROM_SERVER, hostName: "device" } },
  ],
  [
    "udhcpc's renewing REQUEST",
    captured(
      "01010600 a0701b6d 00000000 0a4d0072 00000000 00000000 00000000 021a2b3c4d5e",
      `63825363 350103 ${CLIENT_TAIL}`,
    ),
    { ...HEADER, secs: 0, ciaddr: ip("10.77.0.114"), type: "REQUEST", options: FROM_CLIENT },
  ],
];

describe("captured messages", () => {
  it.each(CAPTURES)("%s is read", (_name, bytes, message) => {
    expect(parseDhcp(bytes)).toEqual(message);
  });

  it.each(CAPTURES)("%s is emitted byte for byte", (_name, bytes, message) => {
    expect(emitDhcp(message)).toEqual(bytes);
  });

  it.each(CAPTURES)("%s cut off within an option is refused", (_name, bytes) => {
    const ends = new Set<number>();
    const end = bytes.lastIndexOf(0xff);
    for (let at = 240; at < end; at += 2 + bytes[at + 1]!) ends.add(at);
    for (let length = 0; length < end; length++) {
      const message = parseDhcp(bytes.subarray(0, length));
      if (ends.has(length)) expect(message).not.toBe("dhcp-options");
      else expect(message).toBe(length < 240 ? "dhcp-truncated" : "dhcp-options");
    }
  });

  it.each(CAPTURES)(
    "%s is read without its END too, which some senders leave out",
    (_name, bytes, message) => {
      expect(parseDhcp(bytes.subarray(0, bytes.lastIndexOf(0xff)))).toEqual(message);
    },
  );
});

/** A DISCOVER whose options field holds `options`, and `file` and `sname` these. */
function withOptions(options: string, file = "", sname = ""): Uint8Array {
  const bytes = captured(
    "01010600 00000001 00000000 00000000 00000000 00000000 00000000 021a2b3c4d5e",
    `63825363 ${options}`,
  );
  bytes.set(hex(sname), 44);
  bytes.set(hex(file), 108);
  return bytes;
}

function optionsOf(bytes: Uint8Array): DhcpOptions {
  const message = parseDhcp(bytes);
  if (typeof message === "string") throw new Error(message);
  return message.options;
}

describe("options", () => {
  it.each<[name: string, bytes: Uint8Array, options: DhcpOptions]>([
    ["pads are skipped", withOptions("00 350101 0000 0c0161 00 ff"), { hostName: "a" }],
    ["what stands behind END is not read", withOptions("350101 ff 0c0161 ff"), {}],
    [
      "parts are joined (RFC 3396)",
      withOptions("350101 0c0161 0f0178 0c026263 ff"),
      { hostName: "abc", domainName: "x" },
    ],
    [
      "one of fixed length that is said twice is taken once, whatever it says then",
      withOptions("350101 36040a4d0001 39020240 36040a4d0002 39020241 ff"),
      { serverIdentifier: Ipv4Address.parse("10.77.0.1"), maxMessageSize: 576 },
    ],
    [
      "one of fixed length is joined too where it was split",
      withOptions("350101 36030a4d00 360101 ff"),
      { serverIdentifier: Ipv4Address.parse("10.77.0.1") },
    ],
    [
      "file, then sname, with overload 3",
      withOptions("350101 340103 0c0161 ff", "0c0162ff", "0c0163ff"),
      { hostName: "abc" },
    ],
    [
      "overload 1 leaves sname alone",
      withOptions("350101 340101 ff", "0c0162ff", "0c0163ff"),
      { hostName: "b" },
    ],
    [
      "overload 2 leaves file alone",
      withOptions("350101 340102 ff", "0c0162ff", "0c0163ff"),
      { hostName: "c" },
    ],
    [
      "file and sname without END",
      withOptions("350101 340103 ff", `0c7e${"62".repeat(126)}`, "0f0163"),
      { hostName: "b".repeat(126), domainName: "c" },
    ],
    [
      "an overload option in file means nothing",
      withOptions("350101 340101 ff", "340102 0c0162 ff", "0c0163ff"),
      { hostName: "b" },
    ],
    ["a message type may stand in file", withOptions("340101 ff", "350101ff"), {}],
    ["trailing NULs of text are removed", withOptions("350101 0c03610000 ff"), { hostName: "a" }],
    ["text that cannot be printed", withOptions("350101 0c041b5b4ae9 ff"), { hostName: "?[J?" }],
    [
      "unknown ones are kept",
      withOptions("350101 fa00 4e040a000001 ff"),
      {
        others: [
          { code: 250, value: hex("") },
          { code: 78, value: hex("0a000001") },
        ],
      },
    ],
    [
      "known ones of a wrong length are kept as bytes",
      withOptions("350101 3303000078 03050a00000100 0c00 ff"),
      {
        others: [
          { code: 51, value: hex("000078") },
          { code: 3, value: hex("0a00000100") },
          { code: 12, value: hex("") },
        ],
      },
    ],
  ])("%s", (_name, bytes, options) => {
    expect(optionsOf(bytes)).toEqual(options);
  });

  it("may fill a message as long as a frame holds", () => {
    const bytes = new Uint8Array(DHCP_MAX_LENGTH);
    bytes.set(withOptions("350101"));
    bytes[DHCP_MAX_LENGTH - 1] = 0xff;
    expect(optionsOf(bytes)).toEqual({});
  });

  it("do not share memory with the message", () => {
    const bytes = withOptions("350101 3d020162 ff");
    const options = optionsOf(bytes);
    bytes.fill(0);
    expect(options.clientIdentifier).toEqual(hex("0162"));
  });
});

function changed(at: number, value: number): Uint8Array {
  const bytes = withOptions("350101 ff");
  bytes[at] = value;
  return bytes;
}

describe("refused", () => {
  it.each<[name: string, bytes: Uint8Array, fault: DhcpFault]>([
    ["nothing", new Uint8Array(0), "dhcp-truncated"],
    ["a BOOTP header without cookie", new Uint8Array(236), "dhcp-truncated"],
    ["more than a frame holds", new Uint8Array(DHCP_MAX_LENGTH + 1), "dhcp-oversized"],
    ["another hardware type", changed(1, 6), "dhcp-hardware"],
    ["another hardware length", changed(2, 16), "dhcp-hardware"],
    ["another cookie", changed(236, 0), "dhcp-cookie"],
    ["a reply that only clients send", changed(0, 2), "dhcp-op"],
    ["an op that does not exist", changed(0, 0), "dhcp-op"],
    ["no message type", withOptions("0c0161 ff"), "dhcp-message-type"],
    ["message type 0", withOptions("350100 ff"), "dhcp-message-type"],
    ["message type 9", withOptions("350109 ff"), "dhcp-message-type"],
    ["two message types", withOptions("350101 350101 ff"), "dhcp-message-type"],
    ["an option longer than the field", withOptions("350101 0cff ff"), "dhcp-options"],
    ["overload 0", withOptions("350101 340100 ff"), "dhcp-overload"],
    ["overload 4", withOptions("350101 340104 ff"), "dhcp-overload"],
    ["two overloads", withOptions("350101 340101 340101 ff", "ff"), "dhcp-overload"],
    [
      "an option with no room for its length",
      withOptions("350101 340102 ff", "", `${"00".repeat(63)}0c`),
      "dhcp-options",
    ],
    ["an option that leaves sname", withOptions("350101 340102 ff", "", "0c3f61"), "dhcp-options"],
  ])("%s", (_name, bytes, fault) => {
    expect(parseDhcp(bytes)).toBe(fault);
  });

  it("random bytes, without throwing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => typeof parseDhcp(bytes) === "string"),
    );
  });

  it("random options behind a good header, without throwing", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.uint8Array({ minLength: 128, maxLength: 128 }),
        (options, file) => {
          const bytes = new Uint8Array(240 + options.length);
          bytes.set(withOptions("").subarray(0, 240));
          bytes.set(file, 108);
          bytes.set(options, 240);
          parseDhcp(bytes);
        },
      ),
    );
  });

  it("options of any kind in all three fields, or read to the same message again", () => {
    fc.assert(
      fc.property(anyArea(40), anyArea(8), anyArea(4), (options, file, sname) => {
        const bytes = new Uint8Array(247 + options.length);
        bytes.set(withOptions("350101 340103").subarray(0, 246));
        bytes.set(sname.subarray(0, 64), 44);
        bytes.set(file.subarray(0, 128), 108);
        bytes.set(options, 246);
        const message = parseDhcp(bytes);
        if (typeof message !== "string")
          expect(parseDhcp(emitDhcp(message, DHCP_MAX_LENGTH))).toEqual(message);
      }),
      { numRuns: 500 },
    );
  });

  it("more options than anybody sends", () => {
    const many = (count: number): string =>
      [...Array(count).keys()].map((index) => `${(100 + index).toString(16)}00`).join("");
    expect(parseDhcp(withOptions(`350101 ${many(127)} ff`))).toMatchObject({ type: "DISCOVER" });
    expect(parseDhcp(withOptions(`350101 ${many(128)} ff`))).toBe("dhcp-options");
  });
});

describe("emit", () => {
  it("is undone by parse, with long options split and joined, or says that there is no room", () => {
    const emitted = (message: DhcpMessage): Uint8Array | string => {
      try {
        return emitDhcp(message, DHCP_MAX_LENGTH);
      } catch (error) {
        return (error as NetworkError).code;
      }
    };
    fc.assert(
      fc.property(anyMessage, (message) => {
        const bytes = emitted(message);
        if (typeof bytes === "string") expect(bytes).toBe("EMSGSIZE");
        else expect(parseDhcp(bytes)).toEqual(message);
      }),
    );
  });

  it("is undone by parse where options overflow into file and sname", () => {
    const value = fc.uint8Array({ minLength: 1, maxLength: 470 });
    fc.assert(
      fc.property(value, fc.nat(0xffffffff), (clientIdentifier, leaseTime) => {
        const message: DhcpMessage = { ...HEADER, type: "ACK", options: { leaseTime, clientIdentifier } };
        const bytes = emitDhcp(message);
        expect(bytes.length).toBeLessThanOrEqual(DHCP_DEFAULT_LIMIT);
        expect(parseDhcp(bytes)).toEqual(message);
      }),
    );
  });

  it("pads to BOOTP's length", () => {
    expect(emitDhcp({ ...HEADER, type: "DISCOVER", options: {} })).toHaveLength(DHCP_MIN_LENGTH);
  });

  it("uses no overload where everything fits to the byte, and overload where it does not", () => {
    // Cookie and header are 240 bytes, the message type 3, END 1; this option's code and lengths 2 for each 255.
    const fitting = DHCP_DEFAULT_LIMIT - 240 - 3 - 1 - 4;
    const emitted = (length: number): Uint8Array =>
      emitDhcp({
        ...HEADER,
        type: "DISCOVER",
        options: { clientIdentifier: new Uint8Array(length).fill(7) },
      });
    expect(emitted(fitting)).toHaveLength(DHCP_DEFAULT_LIMIT);
    expect(emitted(fitting).subarray(240, 244)).toEqual(hex("350101 3d"));
    expect(emitted(fitting + 1).subarray(240, 247)).toEqual(hex("350101 340101 3d"));
    expect(optionsOf(emitted(fitting + 1)).clientIdentifier).toHaveLength(fitting + 1);
  });

  it("keeps an option whole where there is a place for it, in whatever field", () => {
    const long = new Uint8Array(230).fill(7);
    const whole: DhcpOptions = {
      clientIdentifier: new Uint8Array(60).fill(5),
      relayAgentInformation: hex("010161"),
      others: [
        { code: 200, value: long },
        { code: 201, value: new Uint8Array(100).fill(6) },
      ],
    };
    const bytes = emitDhcp({ ...HEADER, type: "ACK", options: whole });
    const found = (code: number, length: number): number[] =>
      [...bytes.keys()].filter((at) => at >= 44 && bytes[at] === code && bytes[at + 1] === length);
    expect(bytes.subarray(240, 246)).toEqual(hex("350105 340101"));
    expect(found(61, 60)).toEqual([246]);
    expect(found(200, 230)).toEqual([308]);
    expect(found(201, 100)).toEqual([108]);
    expect(found(82, 3)).toEqual([540]);
    expect(optionsOf(bytes)).toEqual(whole);
  });

  it("keeps its hands off file and sname where these are used", () => {
    const message: DhcpMessage = {
      ...HEADER,
      type: "ACK",
      file: "boot.bin",
      options: { clientIdentifier: new Uint8Array(310) },
    };
    expect(parseDhcp(emitDhcp(message))).toEqual(message);
    expect(() => emitDhcp({ ...message, sname: "server" })).toThrow("EMSGSIZE");
  });

  it("puts what a relay added behind all else (RFC 3046 §2.1)", () => {
    const bytes = emitDhcp({
      ...HEADER,
      type: "ACK",
      options: {
        relayAgentInformation: hex("010161"),
        clientIdentifier: hex("0162"),
        others: [{ code: 200, value: hex("01") }],
      },
    });
    expect(bytes.subarray(240, 257)).toEqual(hex("350105 3d020162 c80101 5203010161 ff 00"));
  });

  it("keeps what a relay added in the options field, where relays look for it (RFC 3046 §2.2)", () => {
    const options: DhcpOptions = {
      relayAgentInformation: new Uint8Array(30).fill(1),
      others: [
        { code: 200, value: new Uint8Array(250).fill(7) },
        { code: 201, value: new Uint8Array(20).fill(6) },
      ],
    };
    const bytes = emitDhcp({ ...HEADER, type: "ACK", options });
    expect(bytes.subarray(108, 110)).toEqual(hex("c914"));
    expect(bytes.subarray(498)).toEqual(hex(`521e${"01".repeat(30)} ff`));
    expect(optionsOf(bytes)).toEqual(options);
  });

  it("throws where nothing is left", () => {
    const emitted = (): unknown =>
      emitDhcp({ ...HEADER, type: "DISCOVER", options: { clientIdentifier: new Uint8Array(600) } });
    expect(emitted).toThrow("emit DHCP option 61");
    const relayed = { relayAgentInformation: new Uint8Array(310) };
    expect(() => emitDhcp({ ...HEADER, type: "ACK", options: relayed })).toThrow("EMSGSIZE");
  });
});

describe("dhcpXid", () => {
  it("reads the transaction of any message that is long enough", () => {
    const bytes = new Uint8Array(240);
    bytes.set([0x12, 0x34, 0x56, 0x78], 4);
    expect(dhcpXid(bytes)).toBe(0x12345678);
    expect(dhcpXid(bytes.subarray(0, 239))).toBeUndefined();
  });
});
