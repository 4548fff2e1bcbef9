import { afterEach, beforeEach, expect, it, jest } from "@jest/globals";
import { PATIENCE, type Program } from "../support/program.js";
import { describeWith, requireTap, requireTool } from "../support/tools.js";
import { SERVER, TapLan } from "./support/tap-lan.js";

jest.setTimeout(3 * PATIENCE);

const TAP = "tap0";
const OWN = "10.77.0.7";

describeWith(
  [requireTap(), requireTool("dnsmasq")],
  "examples on a TAP interface, and the real kernel",
  () => {
    let lan: TapLan;

    /** Starts the `wirelet` command in the namespace; its standard input is open. */
    function wirelet(...args: readonly string[]): Program {
      return lan.start(process.execPath, "scripts/wirelet.mjs", ...args);
    }

    /** The same on a stack of its own behind the interface, with an address of its own. */
    function onTap(...args: readonly string[]): Program {
      return wirelet(...args, "--on", "tap", "--interface", TAP, "--address", `${OWN}/24`);
    }

    beforeEach(() => {
      lan = new TapLan(TAP);
      lan.makeTap();
      lan.bringUp();
    });

    afterEach(() => lan.remove());

    it("TCP echo serves the kernel's clients", async () => {
      const server = onTap("run", "tcp-echo", "server");
      await server.says(/listening on port 7007/);
      const client = wirelet("nc", OWN, "7007");
      client.child.stdin!.end("Grüße");
      expect(await client.ends()).toMatchObject({ status: 0, stdout: "Grüße", stderr: "" });
      await server.says(/10\.77\.0\.1:\d+ is done; 7 bytes went back/);
      server.kill("SIGINT");
      expect(await server.ends()).toMatchObject({ status: 0 });
    });

    it("TCP echo asks the kernel's server, with an address that was leased", async () => {
      await lan.startDhcpServer();
      const server = wirelet("run", "tcp-echo", "server");
      await server.says(/listening/);
      const client = wirelet(
        "run",
        "tcp-echo",
        "client",
        `${SERVER}:7007`,
        "--on",
        "tap",
        "--interface",
        TAP,
      );
      client.child.stdin!.end("one\ntwo\n");
      const { status, stdout, stderr } = await client.ends();
      expect(status).toBe(0);
      expect(stdout).toMatch(
        /^connected to 10\.77\.0\.1:7007, from 10\.77\.0\.1\d\d:\d+\n"one" .*\n"two" .*\nthat was all\n$/,
      );
      expect(stderr).toMatch(/asking for an address \(DHCP\)\nmy address is 10\.77\.0\.1\d\d\/24\n$/);
      expect(lan.leases).toEqual([]);
      server.kill("SIGINT");
      await server.ends();
    });

    it("a broadcast from the stack finds the kernel's server", async () => {
      const server = wirelet("run", "time-of-day", "server", "Kernel");
      await server.says(/asked on port 1313/);
      const { status, stdout } = await onTap("run", "time-of-day", "client").ends();
      expect(status).toBe(0);
      expect(stdout).toMatch(/Kernel at 10\.77\.0\.1 says [^]*\n1 clock found\n$/);
      server.kill("SIGINT");
      await server.ends();
    });

    it("nc calls the kernel and is called by it", async () => {
      const kernel = wirelet("nc", "-lv", "5000");
      await kernel.says(/listening/);
      kernel.child.stdin!.end("from the kernel");
      const stack = onTap("nc", SERVER, "5000");
      stack.child.stdin!.end("from the stack");
      expect(await stack.ends()).toMatchObject({ status: 0, stdout: "from the kernel" });
      expect(await kernel.ends()).toMatchObject({ status: 0, stdout: "from the stack" });
      expect(await onTap("nc", SERVER, "5001").ends()).toMatchObject({
        status: 1,
        stderr: `wirelet: connect to ${SERVER}:5001: connection refused (ECONNREFUSED)\n`,
      });
    });
  },
);
