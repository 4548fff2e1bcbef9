import { room } from "../../../../examples/chat.js";
import type { Host, Program } from "../../../../examples/context.js";
import { server as tcpEcho } from "../../../../examples/tcp-echo.js";
import { server as timeOfDay } from "../../../../examples/time-of-day.js";
import { server as udpEcho } from "../../../../examples/udp-echo.js";
import { RealTime, neighbors, type Lan, type LiveCapture } from "../../../../simulator/index.js";
import { Device } from "../../../../src/device/index.js";
import { captureLan } from "../open-capture.js";
import { callByTcp, callByUdp } from "./caller.js";
import type { SimulatedPlace } from "./options.js";
import { simulatedHost } from "./simulated.js";

/** The host that is the user's. */
const OWN = "you";
/** The one that runs the device's firmware. */
const DEVICE = "device";
/** The one that calls the user. */
const CALLER = "caller";
/** Virtual time for what was sent last to arrive, and for its answer. */
const LAST_WORDS = "5s";
/** Nobody types anything there. */
const NOTHING: AsyncIterable<string> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

interface Service {
  readonly host: string;
  readonly run: Program;
  readonly args: readonly string[];
}

const SERVICES: readonly Service[] = Object.freeze([
  { host: "echo", run: tcpEcho, args: ["7"] },
  { host: "echo", run: udpEcho, args: ["7"] },
  { host: "chat", run: room, args: [] },
  { host: "clock", run: timeOfDay, args: ["Clock"] },
]);

/** For a help text. */
export const NEIGHBORS_HELP = `On the simulated LAN you are 192.168.1.10, and there are
  device  192.168.1.11  the device of "npm start": HTTP at port 80
  echo    192.168.1.12  sends back what it gets: TCP and UDP port 7
  chat    192.168.1.13  the room of the example "chat": TCP port 7070
  clock   192.168.1.14  the server of the example "time-of-day": UDP port 1313
  caller  192.168.1.15  calls you where you listen, and sends back what you say
`;

/** A simulated LAN for somebody outside of it: its time passes as fast as real time does. */
export class Neighborhood {
  /** The user's own. */
  readonly host: Host;
  readonly #lan: Lan;
  readonly #pace: RealTime;
  readonly #capture: LiveCapture | undefined;
  readonly #end = new AbortController();
  readonly #onTell: (line: string) => void;

  /** @param onTell hears what the neighbors have to say */
  constructor({ pcap, ...lanOptions }: SimulatedPlace, onTell: (line: string) => void) {
    this.#onTell = onTell;
    const services = new Set(SERVICES.map(({ host }) => host));
    this.#lan = neighbors([OWN, DEVICE, ...services, CALLER], lanOptions);
    this.#capture = pcap === undefined ? undefined : captureLan(pcap, this.#lan);
    this.host = simulatedHost(this.#lan, OWN);
    for (const { host, run, args } of SERVICES) this.#start(host, run, args);
    this.#startDevice();
    this.#pace = new RealTime(this.#lan.simulation);
  }

  /** Has somebody call the user at this port, again and again until there is an answer. */
  call(port: number, udp: boolean): void {
    const { address } = this.host.network;
    this.#start(CALLER, udp ? callByUdp : callByTcp, [`${address}:${port}`]);
  }

  /** What comes from outside, comes when virtual time is as late as real time. */
  async *paced<T>(input: AsyncIterable<T>): AsyncIterable<T> {
    for await (const item of input) {
      this.#pace.now(() => undefined);
      yield item;
    }
  }

  async close(): Promise<void> {
    this.#pace.stop();
    await this.#lan.simulation.runFor(LAST_WORDS);
    this.#end.abort();
    this.#capture?.close();
  }

  #start(name: string, run: Program, args: readonly string[]): void {
    const { signal } = this.#end;
    const print = (line: string): void => this.#onTell(`${name}: ${line}`);
    run({ ...simulatedHost(this.#lan, name), args, input: NOTHING, print, signal }).catch(
      (error: unknown) => {
        if (!signal.aborted) print(String(error));
      },
    );
  }

  #startDevice(): void {
    const { stack, network, clock, timers, random, memory, log } = this.#lan.find(DEVICE).machine;
    const platform = "Wirelet simulator";
    new Device({ io: stack.io, network, clock, timers, random, memory, log, platform }).start();
  }
}
