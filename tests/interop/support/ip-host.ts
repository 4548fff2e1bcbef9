// This project's stack on TAP devices, beside the real kernel: `ip-host.ts router` forwards between tap0 and tap1,
// `ip-host.ts member GROUP` is in a group on tap0 and echoes what is sent there, `ip-host.ts ask GROUP` sends to it by the
// kernel's own sockets until it is answered. Prints JSON lines; ends when its standard input does.
import { Ipv4Address } from "../../../src/address/index.js";
import { Stack } from "../../../src/stack/index.js";
import { StackDriver, nodeIo, nodeRandom, openTap } from "../../../hosts/node/index.js";

const PREFIX_LENGTH = 24;
/** What the far link carries, less than the near one. */
const FAR_MTU = 1000;
const GROUP_PORT = 9;

const [role = "", group = ""] = process.argv.slice(2);

function report(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function attach(stack: Stack, name: string, address: string, mtu = 1500): Promise<() => void> {
  const link = await openTap({ interface: name, mtu });
  stack
    .attach(link, { name })
    .configure({ address: Ipv4Address.parse(address), prefixLength: PREFIX_LENGTH, dns: [] });
  return () => link.close();
}

/** Often enough that nobody waits for it. */
const LOOK_INTERVAL = 50;

function ask(): void {
  const socket = new nodeIo.UDP({
    onReadable() {
      const datagram = this.read()!;
      clearInterval(repetition);
      report({ event: "answer", text: Buffer.from(datagram).toString(), from: datagram.address });
      this.close();
    },
  });
  const repetition = setInterval(() => socket.write(Buffer.from("hello"), group, GROUP_PORT), LOOK_INTERVAL);
}

async function main(): Promise<void> {
  if (role === "ask") return ask();
  const stack = new Stack({ random: nodeRandom, forwarding: role === "router" });
  const closes = [await attach(stack, "tap0", "10.80.1.1")];
  if (role === "router") closes.push(await attach(stack, "tap1", "10.80.2.1", FAR_MTU));
  const driver = new StackDriver(stack);
  if (role === "member") {
    new stack.io.UDP({
      port: GROUP_PORT,
      multicast: group,
      onReadable() {
        for (let datagram = this.read(); datagram !== undefined; datagram = this.read())
          this.write(datagram, datagram.address, datagram.port);
      },
    });
  }
  report({ event: "open" });
  const looking = setInterval(() => {
    if (stack.counters.igmpInMsgs === 0) return;
    report({ event: "queried" });
    clearInterval(looking);
  }, LOOK_INTERVAL);
  process.stdin.resume().on("end", () => {
    const { ipForwDatagrams, ipInDelivers, igmpInMsgs, igmpOutMsgs, drops } = stack.counters;
    report({ event: "closed", ipForwDatagrams, ipInDelivers, igmpInMsgs, igmpOutMsgs, drops });
    clearInterval(looking);
    driver.stop();
    for (const close of closes) close();
  });
}

void main();
