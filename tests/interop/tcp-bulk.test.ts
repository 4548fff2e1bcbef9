import { afterEach, beforeEach, expect, it, jest } from "@jest/globals";
import { NetworkNamespace, type ScriptProcess } from "../support/namespace.js";
import { describeWith, requireTap } from "../support/tools.js";

jest.setTimeout(180_000);

const SCRIPT = "tests/interop/support/transfer.ts";
const KERNEL_ADDRESS = "10.78.0.1/24";
/** Long transfers only where time is planned for them. */
const BYTES = (process.env.CI === undefined ? 32 : 256) * 1024 * 1024;

interface Line {
  readonly event: string;
  readonly bytes?: number;
  readonly sha256?: string;
  readonly error?: string;
  readonly tcpRetransSegs?: number;
  readonly tcpOutSegs?: number;
  readonly tcpInSegs?: number;
  readonly drops?: Readonly<Record<string, number>>;
}

async function lineOf(script: ScriptProcess, event: string): Promise<Line> {
  for (;;) {
    const line = await script.next<Line>();
    if (line.event === event) return line;
  }
}

describeWith([requireTap()], "TCP between the stack and the real kernel", () => {
  let namespace: NetworkNamespace;

  beforeEach(() => {
    namespace = new NetworkNamespace();
  });

  afterEach(() => namespace.remove());

  /** The kernel must have the interface before it can listen on it or connect through it. */
  function makeTap(): void {
    namespace.run("ip", "tuntap", "add", "dev", "tap0", "mode", "tap");
    namespace.run("ip", "address", "add", KERNEL_ADDRESS, "dev", "tap0");
    namespace.run("ip", "link", "set", "tap0", "up");
  }

  it.each([
    ["the stack sends to a kernel that connects", "listen", "send", ""],
    ["the stack receives from a kernel that connects", "listen", "receive", ""],
    ["the stack connects and sends", "connect", "send", ""],
    ["the stack connects and receives", "connect", "receive", ""],
    ["the stack sends in large segments", "connect", "send", "offload"],
    ["the stack receives in large segments", "listen", "receive", "offload"],
  ])("arrives intact when %s", async (_, role, direction, mode) => {
    makeTap();
    const other = [role === "listen" ? "connect" : "listen", direction === "send" ? "receive" : "send"];
    const start = (where: string, ...args: string[]): ScriptProcess =>
      namespace.startScript(SCRIPT, where, ...args, String(BYTES), mode);
    let stack: ScriptProcess;
    let kernel: ScriptProcess;
    if (role === "listen") {
      stack = start("stack", role, direction);
      await lineOf(stack, "listening");
      kernel = start("kernel", ...other);
    } else {
      kernel = start("kernel", ...other);
      await lineOf(kernel, "listening");
      stack = start("stack", role, direction);
    }
    const begin = performance.now();
    const [ours, theirs] = await Promise.all([lineOf(stack, "done"), lineOf(kernel, "done")]);
    const seconds = (performance.now() - begin) / 1000;
    expect(ours).toEqual({ event: "done", bytes: BYTES, sha256: theirs.sha256 });
    expect(theirs).toEqual({ event: "done", bytes: BYTES, sha256: ours.sha256 });
    const closed = await lineOf(stack, "closed");
    process.stderr.write(
      `TAP, measured: ${direction} ${((BYTES * 8) / 1e6 / seconds) | 0} Mbit/s, ` +
        `${closed.tcpRetransSegs} of ${closed.tcpOutSegs} segments sent again, drops ${JSON.stringify(closed.drops)}\n`,
    );
    // A link that loses nothing needs nothing twice; a probe or two may be answered late on a busy machine.
    expect(closed.tcpRetransSegs! / closed.tcpOutSegs!).toBeLessThan(0.01);
  });

  it("comes in ordinary segments over an interface whose last user took large ones", async () => {
    makeTap();
    for (const [mode, bytes] of [
      ["offload", 8 * 1024 * 1024],
      ["", 1024 * 1024],
    ] as const) {
      const stack = namespace.startScript(SCRIPT, "stack", "listen", "receive", String(bytes), mode);
      await lineOf(stack, "listening");
      const kernel = namespace.startScript(SCRIPT, "kernel", "connect", "send", String(bytes));
      const [ours, theirs] = await Promise.all([lineOf(stack, "done"), lineOf(kernel, "done")]);
      expect(ours).toEqual(theirs);
      const { tcpInSegs, drops } = await lineOf(stack, "closed");
      expect(drops).not.toHaveProperty("tcp-checksum");
      // Large packets need fewer than ordinary ones with 1,448 bytes each.
      expect(tcpInSegs! > bytes / 1448).toBe(mode === "");
      await stack.finish();
    }
  });
});
