import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { describeWith, requireTap, requireTool } from "../support/tools.js";
import { CaseProcess } from "./support/case-process.js";
import type { TransferOptions, TransferResult } from "./support/cases-bulk.js";

jest.setTimeout(120_000);

const MEBIBYTE = 1024 * 1024;
/** A port is used by one connection at a time: thousands need as many, and the kernel has 28,000. */
const SHORT_CONNECTIONS = 2000;

const ROLES = [["stack"], ["kernel"]] as const;
const ROLES_AND_DIRECTIONS = [
  ["stack", "stack"],
  ["kernel", "stack"],
  ["stack", "kernel"],
  ["kernel", "kernel"],
] as const;

describeWith([requireTap(), requireTool("ss", "iproute2")], "TCP to and from the real kernel", () => {
  let cases: CaseProcess;

  beforeAll(() => {
    cases = new CaseProcess();
    // On a busy machine the kernel would soon send its FIN once more (RFC 8985 §7), and reset what answers it too late.
    cases.sysctl("net.ipv4.tcp_early_retrans=0");
  });

  afterAll(() => cases.stop());

  function transfer(options: TransferOptions): Promise<TransferResult> {
    return cases.play<TransferResult>("transfer", options);
  }

  describe("endings", () => {
    it.each(ROLES)("reads an end and still sends, opened by the %s", async (connector) => {
      const result = await cases.play("halfCloseByKernel", { connector });
      expect(result).toMatchObject({
        kernel: ["end", "close"],
        ours: ["end"],
        received: { ours: 100, kernel: MEBIBYTE },
      });
    });

    it.each(ROLES)("sends its end and still reads, opened by the %s", async (connector) => {
      const result = await cases.play("halfCloseByStack", { connector });
      expect(result).toEqual({
        kernel: ["end", "close"],
        ours: ["end"],
        states: ["TIME-WAIT"],
        received: { ours: MEBIBYTE, kernel: 100 },
      });
    });

    it.each(ROLES)("believes the kernel's reset, opened by the %s", async (connector) => {
      const result = await cases.play("resetByKernel", { connector });
      expect(result).toEqual({ kernel: ["close"], ours: ["error ECONNRESET"], states: [] });
    });

    it.each(ROLES)("resets what it has not read, opened by the %s", async (connector) => {
      const result = await cases.play("resetByStack", { connector });
      expect(result).toEqual({ kernel: ["error ECONNRESET", "close"], ours: [], states: [] });
    });

    it("refuses at a closed port, and is refused", async () => {
      expect(await cases.play("closedPort")).toEqual({
        kernel: ["error ECONNREFUSED", "close"],
        ours: "ECONNREFUSED",
        connections: 0,
      });
    });
  });

  describe("many short connections", () => {
    it("leave nothing in either table when the stack connects and the kernel closes first", async () => {
      const result = await cases.play("manyConnections", { connector: "stack", count: SHORT_CONNECTIONS });
      // The kernel remembers those for a minute.
      const left = { kernelStates: ["TIME-WAIT"], ours: 0 };
      expect(result).toEqual({ greeted: SHORT_CONNECTIONS, errors: [], ...left });
    });

    it("leave nothing in either table when the kernel connects and the stack closes first", async () => {
      const result = await cases.play("manyConnections", { connector: "kernel", count: SHORT_CONNECTIONS });
      expect(result).toEqual({ greeted: SHORT_CONNECTIONS, errors: [], kernelStates: [], ours: 0 });
    });
  });

  describe("small windows", () => {
    it.each<[string, Omit<TransferOptions, "from" | "connector">]>([
      ["the kernel's buffer is small", { bytes: MEBIBYTE, kernelBuffer: 4096 }],
      ["the stack has the device profile", { bytes: MEBIBYTE, stack: { profile: "device" } }],
      [
        "the stack's buffers are of 1 KiB",
        { bytes: MEBIBYTE / 8, stack: { tcp: { receiveBuffer: 1024, sendBuffer: 1024 } } },
      ],
      ["both are small", { bytes: MEBIBYTE / 8, kernelBuffer: 4096, stack: { profile: "device" } }],
    ])("carry all there is when %s", async (_, options) => {
      for (const [from, connector] of ROLES_AND_DIRECTIONS) {
        const { sent, received } = await transfer({ from, connector, ...options });
        expect(received).toEqual({ bytes: options.bytes, sha256: sent.sha256 });
      }
    });
  });

  describe("what the kernel says of a connection over a clean link (tcp_info)", () => {
    it.each(ROLES_AND_DIRECTIONS)("is sound: the %s sends, the %s connects", async (from, connector) => {
      const bytes = 16 * MEBIBYTE;
      const { sent, received, tcpInfo, ...ours } = await transfer({ from, connector, bytes });
      expect(received).toEqual({ bytes, sha256: sent.sha256 });
      expect(tcpInfo).toMatch(/ ts sack /);
      expect(tcpInfo).toMatch(/ wscale:\d+,\d+ /);
      expect(tcpInfo).toMatch(/ mss:1448 /);
      const [rtt, rto] = [field(tcpInfo, "rtt"), field(tcpInfo, "rto")];
      expect(rtt).toBeGreaterThan(0);
      expect(rtt).toBeLessThan(rto);
      // A machine with much else to do may keep one end waiting until the other one probes.
      expect(field(tcpInfo, "bytes_retrans")).toBeLessThanOrEqual(field(tcpInfo, "bytes_sent") / 100);
      expect(ours.tcpRetransSegs).toBeLessThanOrEqual(ours.tcpOutSegs / 100);
    });

    it.each<[string, string, TransferOptions["connector"], "active" | "passive"]>([
      ["the kernel asks for it", "net.ipv4.tcp_ecn=1", "kernel", "passive"],
      ["the stack asks for it", "net.ipv4.tcp_ecn=2", "stack", "active"],
    ])("shows congestion notification when %s", async (_, sysctl, connector, ecn) => {
      cases.sysctl(sysctl);
      for (const from of ["stack", "kernel"] as const) {
        const bytes = 16 * MEBIBYTE;
        const stack = { tcp: { ecn } };
        const { sent, received, tcpInfo } = await transfer({ from, connector, bytes, stack });
        expect(received).toEqual({ bytes, sha256: sent.sha256 });
        expect(tcpInfo).toMatch(/ ts sack ecn /);
      }
    });
  });
});

/** A number that `ss -ti` shows; 0 where it shows none. */
function field(tcpInfo: string, name: string): number {
  return Number(new RegExp(` ${name}:([0-9.]+)`).exec(tcpInfo)?.[1] ?? 0);
}
