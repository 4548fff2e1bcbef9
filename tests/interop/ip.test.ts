import { afterEach, beforeEach, expect, it, jest } from "@jest/globals";
import { NetworkNamespace, type ScriptProcess } from "../support/namespace.js";
import { Program, until } from "../support/program.js";
import { describeWith, requireTap, requireTool } from "../support/tools.js";

jest.setTimeout(90_000);

const SCRIPT = "tests/interop/support/ip-host.ts";
const ROUTER_NEAR = "10.80.1.1";
const ROUTER_FAR = "10.80.2.1";
const NEAR = "10.80.1.2";
const FAR = "10.80.2.2";
const GROUP = "239.80.1.2";

interface Closed {
  readonly ipForwDatagrams: number;
  readonly ipInDelivers: number;
  readonly igmpInMsgs: number;
  readonly igmpOutMsgs: number;
  readonly drops: Readonly<Partial<Record<string, number>>>;
}

/** Ends the stack. @returns what it has counted */
async function close(stack: ScriptProcess): Promise<Closed> {
  const line = stack.next<Closed>();
  await stack.finish();
  return line;
}

describeWith(
  [requireTap(), requireTool("ping", "iputils-ping"), requireTool("iperf3")],
  "the stack as a router between two networks of the real kernel",
  () => {
    let near: NetworkNamespace;
    let far: NetworkNamespace;
    let router: ScriptProcess;

    beforeEach(async () => {
      near = new NetworkNamespace();
      far = new NetworkNamespace();
      for (const tap of ["tap0", "tap1"]) near.run("ip", "tuntap", "add", "dev", tap, "mode", "tap");
      router = near.startScript(SCRIPT, "router");
      await router.next();
      // The kernel's end moves to another namespace; the stack keeps the other.
      near.run("ip", "link", "set", "tap1", "netns", far.name);
      plug(near, "tap0", `${NEAR}/24`, ROUTER_NEAR);
      plug(far, "tap1", `${FAR}/24`, ROUTER_FAR);
    });

    afterEach(async () => {
      await near.remove();
      await far.remove();
    });

    function plug(namespace: NetworkNamespace, tap: string, address: string, gateway: string): void {
      namespace.run("ip", "address", "add", address, "dev", tap);
      namespace.run("ip", "link", "set", tap, "up");
      namespace.run("ip", "route", "add", "default", "via", gateway);
    }

    it("passes pings and TCP, and says what it cannot pass", async () => {
      const ping = (...args: string[]) => near.try("ping", "-n", "-c", "1", "-W", "5", ...args);
      // One hop less than it was sent with.
      expect((await ping(FAR)).output).toMatch(/ttl=63 /);
      expect((await ping("-t", "1", FAR)).output).toContain(
        `From ${ROUTER_NEAR} icmp_seq=1 Time to live exceeded`,
      );
      expect((await ping("10.99.0.1")).output).toContain(
        `From ${ROUTER_NEAR} icmp_seq=1 Destination Net Unreachable`,
      );
      expect((await ping("10.80.2.99")).output).toContain(
        `From ${ROUTER_NEAR} icmp_seq=1 Destination Host Unreachable`,
      );
      // Cut into pieces on the way there, and by the far kernel on the way back.
      expect((await ping("-s", "4000", "-M", "dont", FAR)).output).toContain("4008 bytes from");
      expect((await ping("-s", "1400", "-M", "do", FAR)).output).toMatch(/[Ff]rag.* needed.*mtu ?= ?1000/);

      const server = new Program(far.start("iperf3", "--server", "--one-off", "--forceflush"));
      await server.says(/Server listening/);
      const { output: client } = await near.try("iperf3", "--client", FAR, "--time", "2", "--json");
      const { end } = JSON.parse(client) as { end: { sum_received: { bits_per_second: number } } };
      process.stderr.write(
        `routed, measured: ${(end.sum_received.bits_per_second / 1e6) | 0} Mbit/s of TCP\n`,
      );

      const { ipForwDatagrams, drops } = await close(router);
      expect(ipForwDatagrams).toBeGreaterThan(1000);
      expect(drops).toMatchObject({
        "forward-time-to-live": 1,
        "forward-no-route": 1,
        "neighbor-unreachable": 1,
      });
      expect(drops["forward-too-big"]).toBeGreaterThan(0);
    });
  },
);

describeWith(
  [requireTap(), requireTool("bridge", "iproute2")],
  "the stack in a group, before the kernel's bridge as querier",
  () => {
    let namespace: NetworkNamespace;

    beforeEach(() => {
      namespace = new NetworkNamespace();
    });

    afterEach(() => namespace.remove());

    it.each([3, 2])("is a member as the bridge sees it, by IGMPv%i, and hears the group", async (version) => {
      const run = (line: string): string => {
        const [program = "", ...args] = line.split(" ");
        return namespace.run(program, ...args);
      };
      run("ip tuntap add dev tap0 mode tap");
      run(`ip link add br0 type bridge mcast_snooping 1 mcast_querier 1 mcast_igmp_version ${version}`);
      run("ip link set br0 type bridge mcast_startup_query_interval 50 mcast_query_response_interval 20");
      run("ip link set tap0 master br0");
      run(`ip address add ${NEAR}/24 dev br0`);
      run("ip link set br0 up");
      run("ip link set tap0 up");
      const stack = namespace.startScript(SCRIPT, "member", GROUP);
      await stack.next();

      const members = (): string => run("bridge mdb show dev br0");
      await until("the bridge's entry", () => members().includes(`port tap0 grp ${GROUP}`) || undefined);
      // The bridge passes it on to members only.
      run("ip route add 239.0.0.0/8 dev br0");
      const asking = namespace.startScript(SCRIPT, "ask", GROUP);
      expect(await asking.next()).toEqual({ event: "answer", text: "hello", from: ROUTER_NEAR });
      expect(await stack.next()).toEqual({ event: "queried" });
      const { igmpInMsgs, igmpOutMsgs } = await close(stack);
      expect(igmpInMsgs).toBeGreaterThan(0);
      expect(igmpOutMsgs).toBeGreaterThan(0);
    });
  },
);
