import { StackDriver, nodeServices, nodeTimers, type TapDevice } from "../../../hosts/node/index.js";
import {
  DhcpClient,
  DhcpInform,
  type DhcpBinding,
  type DhcpChangeReason,
  type DhcpClientEvent,
  type DhcpClientOptions,
  type DhcpInformEvent,
  type DhcpRequestOptions,
} from "../../../src/dhcp/index.js";
import type { TimerHandle, Timers } from "../../../src/host/index.js";
import { Stack, type StackInterface } from "../../../src/stack/index.js";
import { until } from "../../support/program.js";

/** What a test chooses of a client: the rest comes from the device. */
export type DhcpDeviceOptions = Omit<
  DhcpClientOptions,
  "link" | "network" | "clock" | "timers" | "random" | "onEvent"
>;

type EventOf<Type extends DhcpClientEvent["type"]> = Extract<DhcpClientEvent, { type: Type }>;

/** Timers that end all at once, as those of a device do whose power fails. */
class DeviceTimers implements Timers {
  readonly #pending = new Set<TimerHandle>();

  set(callback: () => void, delay: number): TimerHandle {
    const handle = nodeTimers.set(() => {
      this.#pending.delete(handle);
      callback();
    }, delay);
    this.#pending.add(handle);
    return handle;
  }

  clear(handle: TimerHandle): void {
    this.#pending.delete(handle);
    nodeTimers.clear(handle);
  }

  end(): void {
    for (const handle of this.#pending) this.clear(handle);
  }
}

/** This project's stack on a TAP device, its DHCP client, and a diary of what happens to the client. */
export class DhcpDevice {
  readonly events: DhcpClientEvent[] = [];
  readonly network: StackInterface;
  readonly client: DhcpClient;
  readonly #link: TapDevice;
  readonly #timers = new DeviceTimers();
  readonly #driver: StackDriver;
  readonly #stack: Stack;
  /** Events before this one were waited for. */
  #seen = 0;

  constructor(link: TapDevice, options: DhcpDeviceOptions) {
    const { clock, random } = nodeServices;
    this.#link = link;
    this.#stack = new Stack({ random });
    const network = this.#stack.attach(link, { name: "eth0" });
    this.network = network;
    this.#driver = new StackDriver(this.#stack);
    this.client = new DhcpClient({
      ...options,
      link: network.dhcp,
      network,
      clock,
      timers: this.#timers,
      random,
      onEvent: (event) => this.events.push(event),
    });
  }

  /** Waits for the next event of a type, behind those that were waited for. */
  async next<Type extends DhcpClientEvent["type"]>(
    type: Type,
    matches: (event: EventOf<Type>) => boolean = () => true,
  ): Promise<EventOf<Type>> {
    const look = (): EventOf<Type> | undefined => {
      while (this.#seen < this.events.length) {
        const event = this.events[this.#seen++]!;
        if (event.type === type && matches(event as EventOf<Type>)) return event as EventOf<Type>;
      }
      return undefined;
    };
    return until(`"${type}" of the client`, look).catch((error: Error) => {
      throw new Error(
        `${error.message}\nSo far: ${this.events.map((event) => JSON.stringify(event)).join("\n")}`,
      );
    });
  }

  /** Waits for an ACK, which it does not rely on yet: for up to 7 s it asks whether anybody uses the address. */
  async acknowledged(): Promise<void> {
    await this.next("received", ({ message }) => message === "ACK");
  }

  /** Waits for the next change of the configuration. @throws if it has another reason */
  async changed(reason: DhcpChangeReason): Promise<DhcpBinding | undefined> {
    const event = await this.next("changed");
    if (event.reason !== reason) throw new Error(`Changed because "${event.reason}", not "${reason}".`);
    return event.current;
  }

  /** Asks for options alone, for the address that the interface was given. */
  inform(options: DhcpRequestOptions): Promise<Extract<DhcpInformEvent, { type: "informed" }>> {
    const { network } = this;
    const { clock, random } = nodeServices;
    return new Promise((resolve, reject) => {
      const onEvent = (event: DhcpInformEvent): void => {
        if (event.type === "informed") resolve(event);
        else if (event.type === "failed") reject(new Error(`Not informed: ${event.reason}.`));
      };
      const host = { link: network.dhcp, network, clock, timers: this.#timers, random };
      new DhcpInform({ ...options, ...host, onEvent }).start();
    });
  }

  /** Gives the address back, and sends what is to be sent. */
  stop(): void {
    this.client.stop();
    this.#stack.poll(nodeServices.clock.now());
  }

  /** Ends without a word. */
  powerOff(): void {
    this.#timers.end();
    this.#driver.stop();
    this.#link.onReceive = undefined;
    this.#link.onLinkChange = undefined;
  }
}
