import { describe, expect, it, jest } from "@jest/globals";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { UsageError } from "../../hosts/node/cli/options.js";
import { dhcpLeases } from "../../hosts/node/cli/dhcp/dhcp-leases.js";
import { dhcpServer } from "../../hosts/node/cli/dhcp/dhcp-server.js";
import { fetch } from "../../hosts/node/cli/fetch/fetch.js";
import { nc } from "../../hosts/node/cli/nc.js";
import { run } from "../../hosts/node/cli/run.js";
import { serve } from "../../hosts/node/cli/serve/serve.js";
import { sim } from "../../hosts/node/cli/sim.js";
import { tap } from "../../hosts/node/cli/tap.js";
import { PATIENCE } from "../support/program.js";
import { start, wirelet, wirelets } from "./support/wirelet.js";

jest.setTimeout(2 * PATIENCE);

/** As wide as a terminal that a help text may hope for. */
const MAX_HELP_WIDTH = 100;

const PLACES = ["on", "seed", "loss", "latency", "pcap", "interface", "address", "gateway", "mac", "help"];
const OPTIONS: Record<string, readonly string[]> = {
  sim: [
    ...["once", "json", "seed", "loss", "latency", "pcap", "port", "help"],
    ...["dashboard-port", "no-dashboard", "devices", "scenario", "watch", "duration", "report"],
  ],
  tap: ["interface", "mac", "host-name", "state", "help"],
  serve: [
    ...["app", "port", "tls", "key", "cert", "trace", "limit-body", "limit-time", "quiet", "json", "help"],
    ...["on", "interface", "address", "gateway", "mac"],
  ],
  run: PLACES,
  nc: [...PLACES, "listen", "udp", "scan", "verbose", "wait", "port", "source"],
  fetch: [
    ...PLACES,
    ...["request", "header", "data", "upload-file", "output", "include", "head", "location", "fail"],
    ...["user", "bearer", "proxy", "max-time", "cacert", "insecure", "verbose"],
  ],
  "dhcp-server": [
    ...[
      "interface",
      "mac",
      "pool",
      "exclude",
      "reserve",
      "lease",
      "leases",
      "address",
      "gateway",
      "dns",
      "domain",
    ],
    ...["option", "rapid-commit", "not-authoritative", "quarantine", "json", "capture", "help"],
  ],
  "dhcp-leases": ["json", "watch", "help"],
  replay: ["list", "filter", "to", "speed", "json", "pcap", "seed", "help"],
};
const COMMANDS = Object.keys(OPTIONS);

const COMMAND_FUNCTIONS = {
  sim,
  tap,
  serve,
  run,
  nc,
  fetch,
  "dhcp-server": dhcpServer,
  "dhcp-leases": dhcpLeases,
};

/** A DHCP server that nothing is wrong with. */
const POOL = "--interface tap0 --pool 10.77.0.100-10.77.0.199";

/** What is wrong, and what the message about it must name. */
const WRONG_OPTIONS: readonly [command: keyof typeof COMMAND_FUNCTIONS, args: string, named: string][] = [
  ["sim", "-x", "-x"],
  ["sim", "extra", "'extra'"],
  ["sim", "--once=yes", "--once"],
  ["sim", "--seed", "--seed"],
  ["sim", "--seed x", '"x"'],
  ["sim", "--seed -1", "--seed"],
  ["sim", "--seed 1.5", '"1.5"'],
  ["sim", "--seed 4294967296", "4294967295"],
  ["sim", "--loss 1", "0 to 0.9"],
  ["sim", "--loss 1e-1", '"1e-1"'],
  ["sim", "--loss=", "--loss"],
  ["sim", "--latency fast", '"fast"'],
  ["sim", "--latency 1001", "0 to 1000"],
  ["sim", "--port 65536", "65535"],
  ["sim", "--pcap=", "--pcap"],
  ["sim", "--devices 0", "1 to 20000"],
  ["sim", "--devices 20001", '"20001"'],
  ["sim", "--devices many", '"many"'],
  ["sim", "--devices 10 --loss 0.1", "--loss does not go with --devices"],
  ["sim", "--devices 10 --pcap file", "--pcap does not go with --devices"],
  ["serve", "--once", "--once"],
  ["serve", "--port=-1", '"-1"'],
  ["serve", "--app walk", '"walk"'],
  ["serve", "--app echo folder", '"folder"'],
  ["serve", "--app files", "a folder"],
  ["serve", "--app files one two", '"two"'],
  ["serve", "--app echo --limit-body 5T", '"5T"'],
  ["serve", "--app echo --limit-body 2G", '"2G"'],
  ["serve", "--app echo --limit-body -1", "--limit-body"],
  ["serve", "--app echo --quiet --json", "not both"],
  ["serve", "--app echo --limit-time soon", '"soon"'],
  ["serve", "--app echo --key key.pem", "--cert"],
  ["serve", "--app echo --on sim", "wirelet sim"],
  ["serve", "--app echo --on tap", "--interface"],
  ["serve", "--app echo --interface tap0", "--interface needs --on tap"],
  ["serve", "--on tap --interface tap0", "wirelet tap"],
  ["fetch", "-i", "Name one URL"],
  ["fetch", "a b", "Name one URL"],
  ["fetch", "ftp://a/", "neither http: nor https:"],
  ["fetch", "a:port", "its port"],
  ["fetch", "a -H name", '"name"'],
  ["fetch", "a -d x -T y", "--upload-file"],
  ["fetch", "a -d @/nowhere", "/nowhere"],
  ["fetch", "a -I -d x", "--head"],
  ["fetch", "a -u ann", "NAME:PASSWORD"],
  ["fetch", "a -u a:b --bearer t", "--bearer"],
  ["fetch", "a -m soon", '"soon"'],
  ["fetch", "a --on mars", '"mars"'],
  ["tap", "--interface=", "--interface"],
  ["tap", "--interface tap0 --mac 1:2:3", '"1:2:3"'],
  ["tap", "--interface tap0 --mac FF:FF:FF:FF:FF:FF", '"FF:FF:FF:FF:FF:FF"'],
  ["run", "--seed 1", "tcp-echo, udp-echo, chat"],
  ["run", "walk", '"walk"'],
  ["run", "toString", '"toString"'],
  ["run", "chat dancer", "room, guest"],
  ["run", "chat --on mars", '"mars"'],
  ["run", "chat --loss 2", "0 to 0.9"],
  ["run", "chat --latency 501", "0 to 500"],
  ["run", "chat room --loss 0.1", "--loss needs --on sim"],
  ["run", "chat --interface tap0", "--interface needs --on tap"],
  ["run", "chat room --on sim", "all roles"],
  ["run", "chat --on tap --interface tap0", "room or guest"],
  ["run", "chat room --on tap", "--interface"],
  ["run", "chat room --on tap --interface tap0 --address 10.0.0.2", '"10.0.0.2"'],
  ["run", "chat room --on tap --interface tap0 --gateway 10.0.0.1", "--address"],
  ["run", "chat room --on tap --interface tap0 --gateway here", '"here"'],
  ["nc", "-v", "a host and a port"],
  ["nc", "localhost", "a host and a port"],
  ["nc", "localhost 80 90", "a host and a port"],
  ["nc", "localhost 0", '"0"'],
  ["nc", "localhost http", '"http"'],
  ["nc", "localhost 1-2", '"1-2"'],
  ["nc", "-z localhost 2-1", '"2-1"'],
  ["nc", "-z localhost 1-2-3", '"1-2-3"'],
  ["nc", "-l", "a port"],
  ["nc", "-l 1 2 3", "a port"],
  ["nc", "-lz localhost 1", "-z"],
  ["nc", "-w soon localhost 1", '"soon"'],
  ["nc", "-p 70000 localhost 1", "65535"],
  ["nc", "--source= localhost 1", "--source"],
  ["dhcp-server", "--pool 10.77.0.100-10.77.0.199", "--interface"],
  ["dhcp-server", "--interface tap0", "--pool"],
  ["dhcp-server", "--interface tap0 --pool 10.77.0.100-", '"10.77.0.100-"'],
  ["dhcp-server", "--interface tap0 --pool 10.77.0.100-10.77.0.199-10.77.0.200", "--pool"],
  ["dhcp-server", "--interface tap0 --pool 10.77.0.199-10.77.0.100", "ends before it begins"],
  ["dhcp-server", "--interface tap0 --pool 10.77.0.1-10.77.0.254", "--address"],
  ["dhcp-server", "--interface tap0 --pool 10.77.0.100-10.78.0.199", "--address A/BITS"],
  ["dhcp-server", `${POOL} --pool 10.77.0.150-10.77.0.160`, "twice"],
  ["dhcp-server", `${POOL} --address 10.78.0.1/24`, "10.77.0.100-10.77.0.199"],
  ["dhcp-server", `${POOL} --address 10.77.0.1`, '"10.77.0.1"'],
  ["dhcp-server", `${POOL} --address 10.77.0.1/31`, "10.77.0.1/31"],
  ["dhcp-server", `${POOL} --exclude printer`, '"printer"'],
  ["dhcp-server", `${POOL} --reserve 10.77.0.5`, '"10.77.0.5"'],
  ["dhcp-server", `${POOL} --reserve 02:00:00:12:34:56=here`, "--reserve"],
  ["dhcp-server", `${POOL} --reserve 02:00:00:12:34:56=10.78.0.5`, "10.78.0.5"],
  ["dhcp-server", `${POOL} --lease 1`, '"1"'],
  ["dhcp-server", `${POOL} --lease 0s`, '"0s"'],
  ["dhcp-server", `${POOL} --lease 3651d`, '"3651d"'],
  ["dhcp-server", `${POOL} --quarantine forever`, '"forever"'],
  ["dhcp-server", `${POOL} --gateway router`, '"router"'],
  ["dhcp-server", `${POOL} --dns 10.77.0.1,`, "--dns"],
  ["dhcp-server", `${POOL} --dns 10.77.0.1,here`, '"here"'],
  ["dhcp-server", `${POOL} --option 42`, "CODE=VALUE"],
  ["dhcp-server", `${POOL} --option 42=here`, '"here"'],
  ["dhcp-server", `${POOL} --option 3=10.77.0.1`, "--gateway"],
  ["dhcp-server", `${POOL} --option 54=10.77.0.1`, "option 54"],
  ["dhcp-server", `${POOL} --mac FF:FF:FF:FF:FF:FF`, "--mac"],
  ["dhcp-server", `${POOL} --leases=`, "--leases"],
  ["dhcp-leases", "--json", "one file"],
  ["dhcp-leases", "a b", "one file"],
];

/** One line for the user: no stack trace, nothing else. */
const ONE_LINE = /^wirelet: [^\n]+\n$/;

describe("wirelet --help", () => {
  it("names each command and each option, in lines that fit", async () => {
    const calls = [["--help"], ...COMMANDS.map((command) => [command, "--help"])];
    const [overview, ...texts] = await wirelets(calls);
    for (const { status, stdout, stderr } of [overview!, ...texts]) {
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout.split("\n").filter((line) => line.length >= MAX_HELP_WIDTH)).toEqual([]);
    }
    for (const [index, command] of COMMANDS.entries()) {
      expect(overview!.stdout).toMatch(new RegExp(`^ +${command} `, "m"));
      const options = [...texts[index]!.stdout.matchAll(/^ +(?:-[a-zA-Z], )?--([a-z-]+) /gm)].map(
        ([, name]) => name,
      );
      expect([...new Set(options)].sort()).toEqual([...OPTIONS[command]!].sort());
    }
  });
});

describe("a wrong call of wirelet", () => {
  it("gets one line that names what is wrong, and status 2", async () => {
    const calls = [["walk"], ["toString"], ["sim", "--nope"], ["serve", "--port", "80x"], ["tap"]];
    const named = ['"walk"', '"toString"', "'--nope'", '"80x"', "--interface"];
    const endings = await wirelets(calls);
    for (const [index, { status, stdout, stderr }] of endings.entries()) {
      expect({ call: calls[index], status, stdout }).toEqual({ call: calls[index], status: 2, stdout: "" });
      expect(stderr).toMatch(ONE_LINE);
      expect(stderr).toContain(named[index]);
    }
  });

  it.each(WRONG_OPTIONS)("is refused: %s %s", async (command, args, named) => {
    const error = await COMMAND_FUNCTIONS[command](args.split(" ")).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toContain(named);
    expect((error as UsageError).message).not.toContain("\n");
  });

  it("gets the help and status 2 if it says nothing", async () => {
    const { status, stdout, stderr } = await wirelet();
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("Usage: wirelet COMMAND");
  });
});

describe("what wirelet cannot do", () => {
  it("gets one line and status 1: a capture in a file that cannot be written", async () => {
    const reasons = {
      "/nowhere/file": "there is no such folder",
      "/": "it is a folder",
      "/dev/full": "the disk is full",
    };
    const paths = Object.entries(reasons);
    const endings = await wirelets(paths.map(([path]) => ["sim", "--once", "--pcap", path]));
    for (const [index, { status, stderr }] of endings.entries()) {
      expect(stderr).toMatch(ONE_LINE);
      expect(stderr).toContain(paths[index]!.join(": "));
      expect(status).toBe(1);
    }
  });

  it("gets one line and status 1, before anything else: to serve at a port in use", async () => {
    const server = createServer().listen(0);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const endings = await wirelets(["sim", "serve"].map((command) => [command, "--port", `${port}`]));
    server.close();
    for (const { status, stdout, stderr } of endings) {
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toMatch(ONE_LINE);
      expect(stderr).toContain(
        `${port}: another program has that port; choose one with --port N (EADDRINUSE)`,
      );
    }
  });

  it("ends quietly when nobody reads on", async () => {
    const command = `"${process.execPath}" scripts/wirelet.mjs sim --once | head -n 1`;
    const { status, stdout, stderr } = await start("bash", "-o", "pipefail", "-c", command).ends();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^.*MAC.*\n$/);
  });
});
