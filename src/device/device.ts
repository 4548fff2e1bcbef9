import { DhcpClient, type DhcpClientEvent } from "../dhcp/index.js";
import {
  encodeUtf8,
  Watchers,
  type Clock,
  type DecodeLatin1,
  type DhcpLink,
  type EncodeUtf8,
  type Io,
  type Ipv4Configuration,
  type Log,
  type MemoryReporter,
  type NetworkInterface,
  type Random,
  type Storage,
  type TimerHandle,
  type Timers,
  type WallClock,
} from "../host/index.js";
import { HttpServer, type HttpLimits, type HttpResponse, type Router } from "../http/server/index.js";
import { ShownLease, type DhcpChange } from "./dhcp-status.js";
import type { DeviceEvent } from "./events.js";
import { defaultHostName } from "./host-name.js";
import { sendPage, type PageLink } from "./page.js";
import { ShownNetwork } from "./shown-network.js";
import { readStatus, type DeviceStatus } from "./status.js";

/** The port of HTTP (RFC 9110 §4.2.1). */
export const DEFAULT_HTTP_PORT = 80;

/** How long after a failure the pages are offered again, in ms: whoever has the port may be gone by then. */
export const HTTP_RETRY_DELAY = 5_000;

export interface DeviceOptions {
  readonly io: Io;
  readonly network: NetworkInterface;
  /** Where the device gets its address itself; absent: the platform does, and `network` tells. */
  readonly dhcp?: DhcpLink;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly memory: MemoryReporter;
  readonly log: Log;
  /** Where the lease survives a reboot; absent: it does not. */
  readonly storage?: Storage | undefined;
  /** Tells whether a stored lease still runs, where nobody is there to ask. */
  readonly wallClock?: WallClock;
  /** "ESP32", "Node 20 on linux": for the page. */
  readonly platform: string;
  /** Whether a person has set the address that `network` has: for the page. */
  readonly isStatic?: boolean;
  /** What ended the run before this one, where the host can tell: for the page. */
  readonly lastError?: string | undefined;
  /** Absent: `wirelet-` and the last three bytes of the MAC. */
  readonly hostName?: string;
  /** Absent: 80. 0 picks a free one. */
  readonly httpPort?: number;
  readonly httpLimits?: Partial<HttpLimits>;
  /** The host's own UTF-8 encoder, where it has a faster one. */
  readonly encode?: EncodeUtf8;
  /** The host's own decoder of single bytes, where it has a faster one. */
  readonly decode?: DecodeLatin1;
  /** Any call of the device is legal in it. */
  readonly onEvent?: (event: DeviceEvent) => void;
}

/**
 * The firmware: gets an address, and tells about itself at `/` and `/api/status`.
 *
 * @example
 * const device = new Device({ ...host, io: stack.io, network, dhcp: network.dhcp, platform: "simulated" });
 * device.start();
 */
export class Device {
  readonly hostName: string;
  readonly #options: DeviceOptions;
  readonly #dhcp: DhcpClient | undefined;
  readonly #http: HttpServer;
  #running = false;
  #startedAt = 0;
  /** What the interface had when it was last looked at. */
  #configuration: Ipv4Configuration | undefined;
  #dhcpChange: DhcpChange | undefined;
  readonly #shownLease = new ShownLease();
  readonly #shownNetwork: ShownNetwork;
  #requestsServed = 0;
  /** Of pages that others have mounted; absent where nobody has. */
  #links: readonly PageLink[] | undefined;
  /** Made when somebody watches: most devices have no screen. */
  #watchers: Watchers | undefined;
  #unwatch: (() => void) | undefined;
  #retry: TimerHandle;

  /** @throws NetworkError EINVAL if the host name is not one that DHCP can carry */
  constructor(options: DeviceOptions) {
    const { network, dhcp: link, clock, timers, random, storage, wallClock, log } = options;
    const hostName = options.hostName ?? defaultHostName(network.mac);
    this.hostName = hostName;
    this.#options = options;
    this.#shownNetwork = new ShownNetwork(network);
    if (link !== undefined) {
      this.#dhcp = new DhcpClient({
        link,
        network,
        clock,
        timers,
        random,
        storage,
        wallClock,
        log,
        hostName,
        // Its page can be reached on a link without a server, too.
        linkLocal: true,
        onEvent: (event) => this.onDhcpEvent(event),
      });
    }
    this.#http = new HttpServer({
      io: options.io,
      port: options.httpPort ?? DEFAULT_HTTP_PORT,
      clock,
      timers,
      wallClock,
      log: options.log,
      limits: options.httpLimits,
      encode: options.encode,
      decode: options.decode,
      onAnswer: () => this.onAnswer(),
      onError: (error) => this.onHttpFailure(error),
    });
    // Functions made here take the less memory the less they name: what is long is a method.
    this.#http.get("/", (_, response) => this.sendPage(response));
    this.#http.get("/api/status", (_, response) => {
      response.header("Cache-Control", "no-store").json(this.status);
    });
  }

  /** What the pages say, at this moment. */
  get status(): DeviceStatus {
    const { network, clock, memory, platform, lastError, isStatic = false } = this.#options;
    const { hostName } = this;
    return readStatus({
      dhcp: this.#dhcp,
      dhcpChange: this.#dhcpChange,
      shownLease: this.#shownLease,
      configuration: network.ipv4,
      shownNetwork: this.#shownNetwork,
      requestsServed: this.#requestsServed,
      clock,
      memory,
      hostName,
      platform,
      lastError,
      isStatic,
      startedAt: this.#startedAt,
    });
  }

  /** What a browser asks for the device by: its address, and its port if that is not 80; undefined while it has none. */
  get authority(): string | undefined {
    const { network, httpPort = DEFAULT_HTTP_PORT } = this.#options;
    return network.ipv4 && authorityOf(network.ipv4, this.httpPort || httpPort);
  }

  /**
   * Adds pages of the host's own, linked from the device's page.
   *
   * @param title of the link
   * @throws NetworkError EINVAL for a path that can't be one
   */
  mount(path: string, pages: Router, title: string): void {
    this.#http.mount(path, pages);
    this.#links = [...(this.#links ?? []), { path, title }];
  }

  /** The port that the pages are on; 0 while there are none. */
  get httpPort(): number {
    return this.#http.port;
  }

  /**
   * Calls back whenever what the status says may have changed, but for what changes with time alone: after each event and each
   * answered request. It must not throw; it may be called from inside the server's work, so do the rest later.
   *
   * @returns a function that ends it
   */
  watch(callback: () => void): () => void {
    return (this.#watchers ??= new Watchers()).add(callback);
  }

  /**
   * Gets an address and serves the pages, until `stop`. Events come from the host's event loop, never from here.
   *
   * @throws NetworkError ENOTSUP where the platform owns the address, EADDRINUSE if another DHCP client runs
   */
  start(): void {
    if (this.#running) return;
    const { network, clock, timers } = this.#options;
    this.#dhcp?.start();
    this.#running = true;
    this.#startedAt = clock.now();
    this.#unwatch = network.watch(() => this.look());
    timers.set(() => this.look(), 0);
  }

  /** Stops serving, and gives the address back. */
  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    this.#unwatch?.();
    this.#options.timers.clear(this.#retry);
    this.#http.stop();
    this.#dhcp?.stop();
    this.#configuration = undefined;
  }

  /** Finds out whether the address is still the same. */
  private look(): void {
    if (!this.#running) return;
    const previous = this.#configuration;
    const configuration = this.#options.network.ipv4;
    this.#configuration = configuration;
    this.#shownNetwork.of(configuration);
    if (configuration === undefined) {
      if (previous === undefined) return;
      this.stopHttp();
      this.emit({ type: "address-lost", previous });
    } else if (previous === undefined || !previous.address.equals(configuration.address)) {
      // Nobody comes back to connections with the old address.
      this.stopHttp();
      this.emit({ type: "address-acquired", configuration, previous });
      this.startHttp(configuration);
    }
  }

  private onDhcpEvent(event: DhcpClientEvent): void {
    if (event.type === "changed") {
      this.#dhcpChange = { reason: event.reason, time: this.#options.clock.now() };
      // Now, so that no request is slower than others, nor what was shown before kept until one comes.
      this.#shownLease.of(event.current?.lease);
    }
    this.emit({ type: "dhcp", event });
  }

  private onAnswer(): void {
    this.#requestsServed += 1;
    this.#watchers?.notify();
  }

  private sendPage(response: HttpResponse): void {
    const encode = this.#options.encode ?? encodeUtf8;
    sendPage(this.status, this.#links, response.header("Cache-Control", "no-store"), encode);
  }

  private startHttp(configuration: Ipv4Configuration): void {
    // A handler of the event before may have stopped the device, or changed its address again.
    if (!this.#running || this.#configuration !== configuration) return;
    try {
      this.#http.start();
    } catch (error) {
      this.onHttpFailure(error instanceof Error ? error : undefined);
      return;
    }
    const { port } = this.#http;
    // 0: the host is not sure yet that it has the port.
    if (port !== 0)
      this.emit({ type: "http-listening", port, url: `http://${authorityOf(configuration, port)}/` });
  }

  private stopHttp(): void {
    this.#options.timers.clear(this.#retry);
    this.#http.stop();
  }

  private onHttpFailure(error: Error | undefined): void {
    const { httpPort: port = DEFAULT_HTTP_PORT, timers } = this.#options;
    this.#retry = timers.set(() => {
      if (this.#configuration !== undefined) this.startHttp(this.#configuration);
    }, HTTP_RETRY_DELAY);
    this.emit({ type: "http-failed", port, error });
  }

  private emit(event: DeviceEvent): void {
    this.#options.onEvent?.(event);
    this.#watchers?.notify();
  }
}

function authorityOf({ address }: Ipv4Configuration, port: number): string {
  return port === DEFAULT_HTTP_PORT ? address.toString() : `${address}:${port}`;
}
