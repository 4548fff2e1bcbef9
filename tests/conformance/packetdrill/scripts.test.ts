import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { OPEN, outcomeOf } from "./support.js";

const FOLDER = path.join(__dirname, "scripts");
const scripts = readdirSync(FOLDER).filter((name) => name.endsWith(".pkt"));

const WRITE = "+0 write(4, ..., 10) = 10\n";

describe("a script", () => {
  it.each(scripts)("passes: %s", (name) => {
    expect(outcomeOf(readFileSync(path.join(FOLDER, name), "utf8"))).toBe("passed");
  });

  it("passes the same way every time", () => {
    const lines = [[], []] as [string[], string[]];
    const text = readFileSync(path.join(FOLDER, "fast-retransmit.pkt"), "utf8");
    for (const seen of lines) outcomeOf(text, { onLine: (line) => seen.push(line) });
    expect(lines[0]).toEqual(lines[1]);
    expect(lines[0]).toContain("0.000000 < S 0:0(0) win 65535 <mss 1000,sackOK,nop,nop,nop,wscale 0>");
    expect(lines[0]).toContain("0.000000 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3");
  });
});

describe("a script fails, with its place and both packets", () => {
  it("in packetdrill's own notation", () => {
    expect(outcomeOf(`${OPEN}${WRITE}+0 > F. 1:11(10) ack 2 win 5 <nop,nop,nop,nop>\n`)).toBe(
      `test.pkt:9:1: another packet: flags P. instead of F., acknowledgment 1 instead of 2, window 65535 instead of 5, options none instead of <nop,nop,nop,nop>
  expected: 0.100000 > F. 1:11(10) ack 2 win 5 <nop,nop,nop,nop>
  actual:   0.100000 > P. 1:11(10) ack 1 win 65535`,
    );
  });

  it.each<[name: string, lines: string, message: RegExp, options?: string]>([
    [
      "too early a time",
      `${WRITE}+.1 > P. 1:11(10) ack 1`,
      /9:1: the packet came at another time\n.*0\.200000 >.*\n.*0\.100000 >/,
    ],
    [
      "too late a time",
      `${WRITE}+0 > P. 1:11(10) ack 1\n+.1 > P. 1:11(10) ack 1`,
      /10:1: the packet came at another time\n.*0\.200000 >.*\n.*0\.400000 >/,
    ],
    [
      "a range that it misses",
      `${WRITE}+.1~+.2 > P. 1:11(10) ack 1`,
      /9:1: .*another time\n.*0\.200000~0\.300000 >/,
    ],
    ["other flags", `${WRITE}+0 > . 1:11(10) ack 1`, /9:1: another packet: flags P\. instead of \./],
    [
      "another sequence number",
      `${WRITE}+0 > P. 2:12(10) ack 1`,
      /another packet: sequence number 1 instead of 2/,
    ],
    ["another length", `${WRITE}+0 > P. 1:12(11) ack 1`, /another packet: length 10 instead of 11/],
    [
      "another acknowledgment",
      `${WRITE}+0 > P. 1:11(10) ack 2`,
      /another packet: acknowledgment 1 instead of 2/,
    ],
    ["another window", `${WRITE}+0 > P. 1:11(10) ack 1 win 5`, /another packet: window 65535 instead of 5/],
    [
      "an urgent pointer",
      `${WRITE}+0 > P. 1:11(10) ack 1 urg 3`,
      /another packet: urgent pointer 0 instead of 3/,
    ],
    [
      "an ECN mark",
      `${WRITE}+0 > [ect0] P. 1:11(10) ack 1`,
      /another packet: ECN bits\n.*\[ect0\] P\..*\n.*\[noecn\] P\./,
    ],
    [
      "a type of service",
      `${WRITE}+0 > [tos 0x10] P. 1:11(10) ack 1`,
      /another packet: type of service\n.*\n.*\[tos 0x0\]/,
    ],
    [
      "a time to live",
      `${WRITE}+0 > (ttl 1) P. 1:11(10) ack 1`,
      /another packet: time to live\n.*\n.*\[ttl 64\]/,
    ],
    [
      "options in another order",
      "+0 < S 0:0(0) win 1000\n+0 > . 1:1(0) ack 1 <nop,nop,sack 1:2>",
      /another packet: options none instead of <nop,nop,sack 1:2>/,
    ],
    [
      "a packet that does not come",
      "+0 > P. 1:11(10) ack 1",
      /8:1: the packet did not come\n.*\n {2}actual: {3}no packet$/,
    ],
    [
      "a datagram that does not come",
      `${WRITE}+0 > icmp echo_reply`,
      /did not come\n.*\n.*no such packet, but 0\.100000 > P\. 1:11\(10\) ack 1/,
    ],
    [
      "a packet too many",
      `${WRITE}+0 close(4) = 0\n+0 > F. 11:11(0) ack 1`,
      /10:1: another packet: flags P\. instead of F\., sequence number 1 instead of 11/,
    ],
    [
      "a segment in several",
      "+0 write(4, ..., 1500) = 1500\n+0 > P. 1:1501(1500) ack 1",
      /another packet: flags \. instead of P\., length 1000 instead of 1500/,
      "--strict_segments",
    ],
    [
      "segments that do not follow each other",
      "+0 write(4, ..., 1000) = 1000\n+.2 > . 1:2001(2000) ack 1",
      /another packet: .*length 1000 instead of 2000/,
    ],
    [
      "another result",
      "+0 write(4, ..., 10) = 11",
      /8:4: write returned something else\n {2}expected: write\(4, \.\.\., 10\) = 11\n {2}actual: {3}write\(4, \.\.\., 10\) = 10/,
    ],
    [
      "an error instead of a result",
      "+0 read(7, ..., 10) = 10",
      /expected: .* = 10\n.* = -1 EBADF \(Bad file descriptor\)/,
    ],
    [
      "another error",
      "+0 read(7, ..., 10) = -1 EAGAIN (Try again)",
      /= -1 EAGAIN \(Resource.*\n.* = -1 EBADF/,
    ],
    [
      "a result instead of an error",
      "+0 write(4, ..., 10) = -1 EPIPE (Broken pipe)",
      /= -1 EPIPE.*\n.* = 10$/,
    ],
    [
      "a call that blocks",
      "+0 read(4, ..., 10) = 10",
      /8:4: read blocks: say with TIME\.\.\.END when it returns/,
    ],
    [
      "a call that returns too early",
      "+0...1 write(4, ..., 10) = 10",
      /8:8: write returned at another time\n.*1\.100000 write.*\n.*0\.100000 write/,
    ],
    [
      "a call that never returns",
      "+0...0.1 read(4, ..., 10) = 10",
      /8:10: read has not returned at 2\.204000\n.*\n.*it still blocks/,
    ],
    ["other bytes to read", "+0 ioctl(4, SIOCINQ, [5]) = 0", /ioctl gave another number\n.*\[5\]\n.*\[0\]/],
    [
      "another option",
      "+0 getsockopt(4, SOL_TCP, TCP_NODELAY, [1], [4]) = 0",
      /8:40: the option TCP_NODELAY has another value\n.*\[1\]\n.*\[0\]/,
    ],
    [
      "other events",
      "+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1",
      /poll reports other events\n.*revents=POLLIN\n.*revents=POLLOUT/,
    ],
    [
      "an assertion",
      "+0 %{ assert tcpi_snd_cwnd == 9 and True }%",
      /8:7: the assertion does not hold\n.*tcpi_snd_cwnd == 9 and True\n.*tcpi_snd_cwnd = 10/,
    ],
    ["an event that is late", `${WRITE}+.1~+.4 > P. 1:11(10) ack 1\n0.15 close(4) = 0`, /another time|late/],
    [
      "a time that has passed",
      `${WRITE}+0 > P. 1:11(10) ack 1\n* > P. 1:11(10) ack 1\n0.11 close(4) = 0`,
      /11:1: the script is late.*\n.*0\.110000.*\n.*0\.400000/,
    ],
    [
      "an echoed timestamp that was never sent",
      "+0 < . 1:1(0) ack 1 win 10 <nop,nop,TS val 1 ecr 7>",
      /8:1: the stack has sent no TS val 7/,
    ],
    [
      "an outbound packet without a connection",
      "+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 5\n+0 > S 0:0(0) <...>",
      /9:1: there is no connection/,
    ],
  ])("%s", (_, lines, message, options = "") => {
    expect(outcomeOf(`${options} ${OPEN}${lines}\n`)).toMatch(message);
  });

  it("a packet too many at the end, if it is strict", () => {
    expect(outcomeOf(`${OPEN}${WRITE}`)).toBe("passed");
    expect(outcomeOf(`${OPEN}${WRITE}`, { settings: { strictPackets: true } })).toMatch(
      /8:1: the stack sent a packet that the script does not expect\n.*no packet\n.*0\.100000 > P\. 1:11\(10\) ack 1/,
    );
  });
});

describe("what is not supported is an error that names it", () => {
  it.each([
    ["a system call", "+0 splice(4) = 0", /8:4: the system call splice: not supported/],
    [
      "a flag of a call",
      "+0 send(4, ..., 10, MSG_MORE|MSG_DONTWAIT) = 10",
      /8:21: the flag MSG_MORE: not supported/,
    ],
    [
      "a socket option",
      "+0 setsockopt(4, SOL_TCP, TCP_CORK, [1], 4) = 0",
      /8:4: the socket option SOL_TCP, TCP_CORK .*: not supported/,
    ],
    [
      "an unknown socket option",
      "+0 getsockopt(4, SOL_TCP, TCP_MAGIC, [1], [4]) = 0",
      /TCP_MAGIC \(no option of that name/,
    ],
    ["a constant", "+0 fcntl(4, F_SETLK) = 0", /8:13: the constant F_SETLK: not supported/],
    [
      "a kind of socket",
      "+0 socket(..., SOCK_DGRAM, IPPROTO_ICMP) = 5",
      /sockets other than those of TCP and UDP: not supported/,
    ],
    ["a family of addresses", "+0 socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP) = 5", /AF_INET: not supported/],
    [
      "a field of tcp_info",
      "+0 %{ assert tcpi_pacing_rate == 9 }%",
      /8:14: tcpi_pacing_rate .*: not supported/,
    ],
    ["a statement of Python", "+0 %{\nimport os\n}%", /9:1: Python's import: not supported/],
    ["a command", "+0 `rm -rf x`", /8:4: the command "rm -rf x": not supported/],
    [
      "an unknown sysctl",
      "+0 `sysctl -q net.ipv4.tcp_magic=1`",
      /the sysctl net\.ipv4\.tcp_magic: not supported/,
    ],
    [
      "a sysctl that the stack lacks",
      "+0 `sysctl -q net.ipv4.tcp_fastopen=1`",
      /tcp_fastopen=1 \(the stack has no such option; it always behaves as with 0\): not supported/,
    ],
    ["AccECN's flags", "+0 < SA 0:0(0) win 10", /8:6: AccECN's flag "A": not supported/],
    ["AccECN's counter", "+0 > .5 1:1(0) ack 1", /8:6: AccECN's ACE field \("\.5"\): not supported/],
    ["AccECN's option", "+0 > . 1:1(0) ack 1 <ECN e0b 1>", /8:22: AccECN's option: not supported/],
    ["encapsulation", "+0 < gre: . 1:1(0) ack 1 win 1", /8:6: encapsulation \("gre"\): not supported/],
    ["IPv6's flow label", "+0 > [flowlabel 0x1] . 1:1(0) ack 1", /8:7: IPv6's flow label: not supported/],
  ])("%s", (_, lines, message) => {
    expect(outcomeOf(`${OPEN}${lines}\n`)).toMatch(message);
  });

  it("an option line", () => {
    expect(outcomeOf(`--ip_version=ipv6\n${OPEN}`)).toMatch(
      /1:1: --ip_version: the stack has ipv4 only, not ipv6/,
    );
    expect(outcomeOf(`--wire_client\n${OPEN}`)).toMatch(/1:1: the option --wire_client is not supported/);
    expect(outcomeOf(`--mtu=big\n${OPEN}`)).toMatch(
      /1:1: --mtu: a number from 68 to 65535 is needed, not big/,
    );
  });
});

describe("settings", () => {
  const text = `${OPEN}${WRITE}+.01 > P. 1:11(10) ack 1\n`;

  it("of the script hold, unless the caller's override them", () => {
    expect(outcomeOf(text)).toMatch(/another time/);
    expect(outcomeOf(`--tolerance_usecs=10000\n${text}`)).toBe("passed");
    expect(outcomeOf(`--tolerance_usecs=10000\n${text}`, { settings: { toleranceMicroseconds: 0 } })).toMatch(
      /another time/,
    );
  });

  it("may allow for a part of the time that has passed", () => {
    const slow = `${OPEN}${WRITE}+0 > P. 1:11(10) ack 1\n+.32 > P. 1:11(10) ack 1\n`;
    expect(outcomeOf(slow)).toMatch(/another time/);
    expect(outcomeOf(`--tolerance_percent=10\n${slow}`)).toBe("passed");
  });
});
