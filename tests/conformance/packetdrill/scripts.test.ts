import { describe, expect, it } from "@jest/globals";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { ScriptError, parseScript, runScript } from "../../../simulator/packetdrill/index.js";

const FOLDER = path.join(__dirname, "scripts");
const scripts = readdirSync(FOLDER).filter((name) => name.endsWith(".pkt"));

const OPEN = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 65535 <mss 1000>
+0 > S. 0:0(0) ack 1 <...>
+.1 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
`;

function failureOf(text: string): string {
  try {
    runScript(parseScript(text, "test.pkt"));
  } catch (error) {
    if (error instanceof ScriptError) return error.message;
    throw error;
  }
  return "passed";
}

describe("a packetdrill script", () => {
  it.each(scripts)("passes: %s", (name) => {
    const file = path.join(FOLDER, name);
    runScript(parseScript(readFileSync(file, "utf8"), file));
  });

  it.each([
    [
      "another time",
      "+0 write(4, ..., 10) = 10\n+.1 > P. 1:11(10) ack 1",
      /:9:\d+: the packet came at another time/,
    ],
    [
      "other flags",
      "+0 write(4, ..., 10) = 10\n+0 > F. 1:11(10) ack 1",
      /differs in flags\n.*expected: .*F\. 1:11/,
    ],
    [
      "another length",
      "+0 write(4, ..., 10) = 10\n+0 > P. 1:12(11) ack 1",
      /differs in length\n.*\n.*actual: .*P\. 1:11\(10\)/,
    ],
    ["another window", "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1 win 5", /differs in window/],
    [
      "other options",
      "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1 <nop,nop,nop,nop>",
      /differs in options/,
    ],
    ["no packet", "+0 > P. 1:11(10) ack 1", /did not send a packet in time\n.*\n.*actual: *nothing/],
    [
      "another result",
      "+0 write(4, ..., 10) = 11",
      /write returned something else\n.*expected: 11\n.*actual: *10/,
    ],
    [
      "another error",
      "+0 read(7, ..., 10) = -1 EAGAIN (again)",
      /expected: -1 EAGAIN.*\n.*actual: *-1 EBADF/,
    ],
    ["a call that blocks", "+0 read(4, ..., 10) = 10", /read blocks, and should return/],
    ["a call that does not", "+0...1 write(4, ..., 10) = 10", /write returned at once, and should block/],
    ["a call that never returns", "+0...0.1 read(4, ..., 10) = 10", /read did not return in time/],
    [
      "an assertion",
      "+0 %{ assert tcpi_snd_cwnd == 9 }%",
      /assertion does not hold\n.*\n.*tcpi_snd_cwnd = 10/,
    ],
    ["an unknown field", "+0 %{ assert tcpi_pacing_rate == 9 }%", /tcpi_pacing_rate.*not supported/],
    ["an unknown call", "+0 splice(4) = 0", /the system call splice: not supported/],
    ["an unknown command", "+0 `rm -rf x`", /the command "rm -rf x".*not supported/],
    [
      "an unknown sysctl",
      "+0 `sysctl -q net.ipv4.tcp_magic=1`",
      /the sysctl net\.ipv4\.tcp_magic.*not supported/,
    ],
    [
      "a sysctl that the stack lacks",
      "+0 `sysctl -q net.ipv4.tcp_fastopen=1`",
      /tcp_fastopen=1.*not supported/,
    ],
    ["nonsense", "+0 > > P. 1", /test\.pkt:8:\d+: /],
  ])("fails with its place and the reason: %s", (_, lines, message) => {
    expect(failureOf(`${OPEN}${lines}\n`)).toMatch(message);
  });

  it("may leave packets unmentioned, unless it is strict", () => {
    const text = `${OPEN}+0 write(4, ..., 10) = 10\n`;
    expect(failureOf(text)).toBe("passed");
    expect(failureOf(`--strict_packets\n${text}+.1 write(4, ..., 10) = 10\n`)).toMatch(/does not expect/);
  });
});
