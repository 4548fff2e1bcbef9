import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  ALIASES,
  DEEPEST_FILTER,
  dissect,
  FIELDS,
  FilterError,
  LONGEST_FILTER,
  parseFilter,
  type Dissection,
} from "../../../simulator/index.js";
import { captured } from "../../wire/captures.js";
import { tcpFrame } from "../dissect/frames.js";

const SYN = dissect(captured("syn"), {
  time: 1500,
  comment: "changed: corruption 5%; dropped: loss 20%",
  hosts: ["sensor", "laptop 2"],
});
const ARP = dissect(captured("arpRequest"), { time: 0.25, hosts: ["laptop 2"] });
const GET = dissect(tcpFrame(50_000, 80, Buffer.from("GET /status?a=b HTTP/1.1\r\nHost: Sensor\r\n\r\n")));

/** Which of the three frames a filter takes. */
function takes(filter: string): string {
  const test = parseFilter(filter);
  const frames: readonly (readonly [string, Dissection])[] = [
    ["syn", SYN],
    ["arp", ARP],
    ["get", GET],
  ];
  return frames
    .filter(([, frame]) => test(frame))
    .map(([name]) => name)
    .join(" ");
}

describe("a filter", () => {
  it.each([
    ["", "syn arp get"],
    ["tcp", "syn get"],
    ["arp", "arp"],
    ["tcp.flags.syn", "syn"],
    ["tcp.flags.syn == 0", "get"],
    ["tcp.flags.syn == true && tcp.flags.ack == false", "syn"],
    ["!tcp", "arp"],
    ["not tcp.flags.syn and tcp", "get"],
    ["arp or http", "arp get"],
    ["arp || tcp && http", "arp get"],
    ["(arp || tcp) && !http", "syn arp"],
    ["! ! (arp)", "arp"],
    ["tcp.dstport == 80", "syn get"],
    ["tcp.dstport == 0x50", "syn get"],
    ["tcp.srcport != 44526", "get"],
    ["tcp.port != 80", ""],
    ["tcp.port == 44526", "syn"],
    ["port == 50000", "get"],
    ["tcp.window_size_value > 1000", "syn"],
    ["tcp.window_size_value >= 1000 && tcp.window_size_value <= 1000", "get"],
    ["ip.len lt 61 and tcp.options.mss_val ge 1460", "syn"],
    ["tcp.port in {22, 44000..45000}", "syn"],
    ["tcp.port in {22 50000}", "get"],
    ["ip.addr == 192.0.2.1", "syn get"],
    ["ip.src == 192.0.2.2", ""],
    ["ip.addr == 192.0.2.0/30", "syn get"],
    ["ip.src in {10.0.0.0/8, 192.0.0.0/8}", "syn get"],
    ["arp.dst.proto_ipv4 == 192.0.2.2", "arp"],
    ["eth.dst == ff:ff:ff:ff:ff:ff", "arp"],
    ["mac == 02-00-00-00-00-0A && !ip", "arp"],
    ["host == sensor", "syn"],
    ['host == "laptop 2"', "syn arp"],
    ["host != sensor", "arp"],
    ["frame.dropped", "syn"],
    ['frame.dropped == "loss 20%"', "syn"],
    ["frame.dropped contains loss", "syn"],
    ['frame.comment contains "corruption"', "syn"],
    ["frame.changed", "syn"],
    ["frame.time > 1s", "syn"],
    ["frame.time < 1ms", "arp"],
    ["frame.time == 1.5", "syn"],
    ["frame.time >= 250us && frame.time <= 250us", "arp"],
    ["frame.len < 50", "arp"],
    ["http.request.method == GET", "get"],
    ['http.request.uri contains "status"', "get"],
    ['http.host matches "^sensor$"', "get"],
    ['http.host ~ "s.ns"', "get"],
    ['tcp.payload contains "HTTP/1.1"', "get"],
    ["tcp.payload contains 47:45:54:20", "get"],
    ["tcp contains GET", "get"],
    ['frame matches "HOST: "', "get"],
    ["eth.src == 2:0:0:0:0:a", "syn arp get"],
    ["malformed", ""],
    ["tcp.seq_raw == 385328621", "syn"],
  ])("%s", (filter, frames) => {
    expect(takes(filter)).toBe(frames);
  });

  it.each([
    ["tcp.flags.sync", 'there is no field "tcp.flags.sync"; is it tcp.flags.syn?', 0],
    ["tcp && gopher", 'there is no field "gopher"', 7],
    ["tcp &&", "a field is missing, such as tcp.port", 6],
    ["&& tcp", 'a field is wanted, such as tcp.port, not "&&"', 0],
    ['"tcp"', 'a field is wanted, such as tcp.port, not "tcp"', 0],
    ["tcp udp", '"&&" or "||" is wanted before "udp"', 4],
    ["(tcp || udp", '")" is missing', 11],
    ["tcp)", '"&&" or "||" is wanted before ")"', 3],
    ["tcp.port = 80", 'equality is "=="', 9],
    ["tcp & udp", '"&&" joins two conditions', 4],
    ["tcp.port == http", 'a number is wanted, not "http"', 12],
    ["tcp.port ==", "a value is missing", 11],
    ["tcp.port == )", 'a value is wanted, not ")"', 12],
    ["tcp.port in 80", 'a set is wanted: "{80, 443, 8000..8999}"', 12],
    ["tcp.port in {80, 90", '"}" is missing', 19],
    ["tcp.port in {1..x}", 'a number is wanted, not "x"', 13],
    ["tcp.port contains 8", '"contains" is for text, bytes and protocols', 18],
    ["ip.addr == sensor", 'an IPv4 address or network is wanted, not "sensor"', 11],
    ["ip.addr == fe80::1", 'an IPv4 address or network is wanted, not "fe80::1"', 11],
    ["ip.addr > 10.0.0.1", '">" is for numbers and times', 10],
    ["eth.src == 02:00", 'a MAC address is wanted, not "02:00"', 11],
    ["tcp.flags.syn == yes", 'a flag is 1 or 0, not "yes"', 17],
    ["frame.time > soon", 'a time is wanted, such as 2.5, 250ms or 1h, not "soon"', 13],
    ["tcp == 1", "a protocol is there or not; it has no value to compare", 7],
    ['http.host matches "("', "no regular expression: /(/is: Unterminated group", 18],
    ['http.host == "x', 'a string ends with "', 13],
    ["http.host == 'x'", "a string stands between \", not between '", 13],
    ["tcp ; udp", '";" means nothing here', 4],
    [
      "!".repeat(DEEPEST_FILTER + 1) + "tcp",
      `nothing may stand deeper than ${DEEPEST_FILTER} levels`,
      DEEPEST_FILTER,
    ],
  ])("that is wrong is refused: %s", (filter, reason, at) => {
    let error: unknown;
    try {
      parseFilter(filter);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(FilterError);
    expect(error).toMatchObject({ code: "EINVAL", reason, at });
  });

  it("is shown with a caret below the place", () => {
    expect(() => parseFilter("tcp &&\ngopher")).toThrow(
      'read filter: there is no field "gopher" (EINVAL)\n  tcp && gopher\n         ^',
    );
    const long = `${"tcp && ".repeat(20)}gopher${" && tcp".repeat(20)}`;
    const [, filter, caret] = catchMessage(long).split("\n");
    expect(filter).toHaveLength(2 + 1 + 120 + 1);
    expect(filter!.slice(caret!.indexOf("^"))).toMatch(/^gopher/);
  });

  it("has its limit", () => {
    expect(() => parseFilter(" ".repeat(LONGEST_FILTER))).not.toThrow();
    expect(() => parseFilter("x".repeat(LONGEST_FILTER + 1))).toThrow(`at most ${LONGEST_FILTER} characters`);
  });

  const piece = fc.oneof(
    fc.constantFrom(
      "&&",
      "||",
      "!",
      "(",
      ")",
      "==",
      "!=",
      "<",
      "in",
      "{",
      "}",
      ",",
      "contains",
      "matches",
      "and",
      " ",
    ),
    fc.constantFrom(...Object.keys(FIELDS), ...Object.keys(ALIASES)),
    fc.constantFrom("80", "0x50", "10.0.0.0/8", "sensor", '"a b"', "2s", "1..2", "02:00:00:00:00:07"),
    fc.string({ maxLength: 4 }),
  );

  it("is read or refused, whatever it is, and then takes any frame", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          const test = parseFilter(pieces.join(" "));
          for (const frame of [SYN, ARP, GET]) expect(typeof test(frame)).toBe("boolean");
        } catch (error) {
          if (!(error instanceof FilterError)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

function catchMessage(filter: string): string {
  try {
    parseFilter(filter);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}
