import { FilterError } from "../../../simulator/index.js";
import { NetworkError } from "../../../src/error/index.js";
import { CERTIFICATE_HELP, certificate } from "./certificate.js";
import { dhcpLeases, DHCP_LEASES_HELP } from "./dhcp/dhcp-leases.js";
import { dhcpServer, DHCP_SERVER_HELP } from "./dhcp/dhcp-server.js";
import { explore, EXPLORE_HELP } from "./explore.js";
import { fetch, FETCH_HELP } from "./fetch/fetch.js";
import { nc, NC_HELP } from "./nc.js";
import { UsageError } from "./options.js";
import { packetdrill, PACKETDRILL_HELP } from "./packetdrill.js";
import { replay, REPLAY_HELP } from "./replay/replay.js";
import { run as runExample, RUN_HELP } from "./run.js";
import { serve, SERVE_HELP } from "./serve/serve.js";
import { sim, SIM_HELP } from "./sim.js";
import { tap, TAP_HELP } from "./tap.js";

interface Command {
  readonly summary: string;
  readonly help: string;
  /** Resolves with the exit status, when the command is done. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = Object.freeze({
  sim: {
    summary: "simulate a LAN with a device on it, and open its page in your browser",
    help: SIM_HELP,
    run: sim,
  },
  tap: {
    summary: "put the device on a Linux TAP interface: the real kernel is its network",
    help: TAP_HELP,
    run: tap,
  },
  serve: { summary: "serve the device's pages, an echo or files over HTTP", help: SERVE_HELP, run: serve },
  run: {
    summary: "run an example: a chat room, a port scanner, …",
    help: RUN_HELP,
    run: runExample,
  },
  nc: { summary: "join a socket with standard input and output, as netcat does", help: NC_HELP, run: nc },
  fetch: { summary: "ask a server for a page, as curl does", help: FETCH_HELP, run: fetch },
  "dhcp-server": {
    summary: "give out addresses on a Linux TAP interface",
    help: DHCP_SERVER_HELP,
    run: dhcpServer,
  },
  "dhcp-leases": {
    summary: "print the addresses that a DHCP server has given out",
    help: DHCP_LEASES_HELP,
    run: dhcpLeases,
  },
  certificate: {
    summary: "make a certificate for trying HTTPS out",
    help: CERTIFICATE_HELP,
    run: certificate,
  },
  replay: {
    summary: "list a capture's frames, or send them to a simulated device",
    help: REPLAY_HELP,
    run: replay,
  },
  explore: {
    summary: "run a scenario with many seeds and faults, and show what fails as a short test",
    help: EXPLORE_HELP,
    run: explore,
  },
  packetdrill: {
    summary: "run packetdrill scripts against the stack",
    help: PACKETDRILL_HELP,
    run: packetdrill,
  },
});

const NAME_WIDTH = Math.max(...Object.keys(COMMANDS).map((name) => name.length));

const HELP = `wirelet: a TCP/IP stack, DHCP and HTTP for microcontrollers

Usage: wirelet COMMAND [OPTION…]

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(NAME_WIDTH)}  ${summary}`)
  .join("\n")}

"wirelet COMMAND --help" tells a command's options.
`;

/** The `wirelet` command. Sets the exit status: 0, 1 for what went wrong, 2 for a wrong call. */
export function main(args: readonly string[]): void {
  // A closed pipe ("| head") is no error of ours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  }
  run(args).then(
    (status) => (process.exitCode = status),
    (error: unknown) => {
      if (error instanceof UsageError) fail(`${error.message} Try --help.`, 2);
      else if (error instanceof FilterError) fail(error.message, 2);
      else if (error instanceof NetworkError) fail(error.message, 1);
      else fail(error instanceof Error ? (error.stack ?? error.message) : String(error), 1);
    },
  );
}

async function run(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    process.stderr.write(HELP);
    return 2;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new UsageError(`There is no command "${name}"; there are ${Object.keys(COMMANDS).join(", ")}.`);
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    process.stdout.write(command.help);
    return 0;
  }
  return command.run(rest);
}

function fail(message: string, status: number): void {
  process.stderr.write(`wirelet: ${message}\n`);
  process.exit(status);
}
