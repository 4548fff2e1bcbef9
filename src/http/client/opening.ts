import { parseIpAddress, type IpAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import {
  Deadline,
  resolveName,
  type Io,
  type Resolver,
  type SecureSockets,
  type Tcp,
} from "../../host/index.js";
import { ClientConnection, type Caller, type ConnectionOwner } from "./connection.js";
import { formatRequestHead } from "./request-head.js";
import type { ResponseHead } from "./response-head.js";
import type { Route } from "./route.js";
import { TCP_OPTIONS, type TcpUser } from "./tcp-user.js";

/** What connections are made with. */
export interface Dialer extends ConnectionOwner {
  readonly io: Pick<Io, "TCP">;
  readonly secure: SecureSockets | undefined;
  readonly resolve: Resolver | undefined;
}

/** Who waits for a connection. */
export interface OpeningUser {
  /** @param early what a tunnel has brought already */
  opened(tcp: Tcp, room: number, early: Uint8Array): void;
  failed(error: unknown): void;
}

/** RFC 7301: no other protocol is spoken here. */
const PROTOCOLS: readonly string[] = Object.freeze(["http/1.1"]);

const NOTHING = new Uint8Array(0);

/** Makes a connection: to one address of a name after the other, through a proxy's tunnel where there is one, with TLS at its end. */
export class Opening implements TcpUser {
  readonly route: Route;
  readonly #dialer: Dialer;
  readonly #user: OpeningUser;
  readonly #deadline: Deadline;
  #addresses: readonly IpAddress[] = [];
  #tcp: Tcp | undefined;
  #tunnel: ClientConnection | undefined;
  /** Of the first address that was tried. */
  #error: unknown;
  #isTunnelled = false;
  #isOver = false;

  constructor(dialer: Dialer, route: Route, user: OpeningUser) {
    this.#dialer = dialer;
    this.route = route;
    this.#user = user;
    this.#deadline = new Deadline(dialer.clock, dialer.timers, () => this.onDue());
  }

  start(): void {
    const { hop } = this.route;
    if (hop.isAddress) {
      this.#addresses = [parseIpAddress(nameOf(hop.host))];
      this.tryNext();
      return;
    }
    resolveName(hop.host, this.#dialer.resolve, "connect to", hop.origin).then(
      (addresses) => {
        this.#addresses = addresses;
        this.tryNext();
      },
      (error: unknown) => this.fail(error),
    );
  }

  /** Nobody waits for it any more. */
  cancel(): void {
    this.end();
    this.#tcp?.close();
    this.#tunnel?.close();
  }

  onReadable(): void {
    // Servers of HTTP do not speak first; the connection will find what has come.
  }

  onWritable(room: number): void {
    this.#deadline.set(Infinity);
    if (this.route.tunnel !== undefined && !this.#isTunnelled) this.askForTunnel(room);
    else this.succeed(room, NOTHING);
  }

  onEnd(): void {
    this.tryAnother(new NetworkError("ECONNABORTED", "connect to", this.subject, "it was ended at once"));
  }

  onError(error: Error | undefined): void {
    this.tryAnother(error ?? new NetworkError("ECONNABORTED", "connect to", this.subject));
  }

  private get subject(): string {
    const { hop, tunnel } = this.route;
    return this.#isTunnelled ? tunnel! : hop.origin;
  }

  private tryNext(): void {
    if (this.#isOver) return;
    const [address, ...others] = this.#addresses;
    if (address === undefined) {
      this.fail(this.#error);
      return;
    }
    this.#addresses = others;
    const { hop } = this.route;
    this.connect(hop.isSecure ? hop.host : undefined, { address: address.toString(), port: hop.port });
  }

  /** @param secureHost whom TLS is spoken with */
  private connect(
    secureHost: string | undefined,
    where: { address: string; port: number } | { from: Tcp },
  ): void {
    const { io, secure, limits, clock } = this.#dialer;
    this.#deadline.set(clock.now() + limits.connectTime);
    try {
      let provider = io;
      if (secureHost !== undefined) {
        if (secure === undefined)
          throw new NetworkError("ENOTSUP", "connect to", this.subject, "https needs the option `secure`");
        provider = secure.connect(nameOf(secureHost), { alpn: PROTOCOLS });
      }
      this.#tcp = new provider.TCP({ ...TCP_OPTIONS, ...where, target: this });
    } catch (error) {
      this.tryAnother(error);
    }
  }

  private askForTunnel(room: number): void {
    const { route } = this;
    const tcp = this.#tcp!;
    this.#tcp = undefined;
    const authority = route.tunnel!;
    const fields: [string, string][] = [["Host", authority]];
    const authorization = route.proxy?.authorization;
    if (authorization !== undefined) fields.push(["Proxy-Authorization", authorization]);
    const caller: Caller = {
      method: "CONNECT",
      subject: `${authority} through ${route.hop.origin}`,
      head: formatRequestHead("CONNECT", authority, fields),
      body: undefined,
      awaitsContinue: false,
      wantsMore: true,
      onHead: ({ status, statusText }: ResponseHead) => {
        if (status < 200 || status >= 300) this.refuse(caller.subject, status, statusText);
      },
      onBody: () => undefined,
      onComplete: () => undefined,
      onError: (error) => this.fail(error),
      onTunnel: (through, early) => this.onTunnel(through, early),
    };
    const { clock, timers, limits, scratch, sendMemory } = this.#dialer;
    const owner: ConnectionOwner = {
      clock,
      timers,
      limits,
      scratch,
      sendMemory,
      read: (connection) => this.#dialer.read(connection),
      released: () => undefined,
      closed: () => undefined,
    };
    this.#tunnel = new ClientConnection(owner, route.key, tcp, room);
    this.#tunnel.start(caller);
  }

  private refuse(subject: string, status: number, words: string): void {
    const code = status === 407 ? "EACCES" : "ECONNREFUSED";
    this.#tunnel?.close();
    this.fail(new NetworkError(code, "CONNECT", subject, `the proxy answered ${status} ${words}`.trimEnd()));
  }

  private onTunnel(tcp: Tcp, early: Uint8Array): void {
    this.#tunnel = undefined;
    this.#isTunnelled = true;
    const { secureHost } = this.route;
    this.#tcp = tcp;
    if (secureHost === undefined) this.succeed(0, early);
    else if (early.length > 0)
      this.fail(new NetworkError("EPROTO", "connect to", this.subject, "a TLS server that speaks first"));
    else this.connect(secureHost, { from: tcp });
  }

  /** What was tried has failed; there may be another address. */
  private tryAnother(error: unknown): void {
    this.#error ??= error;
    this.#tcp?.close();
    this.#tcp = undefined;
    if (this.#isTunnelled) this.fail(error);
    else this.tryNext();
  }

  private onDue(): void {
    const { connectTime } = this.#dialer.limits;
    const detail = `not connected within ${connectTime} ms`;
    this.tryAnother(new NetworkError("ETIMEDOUT", "connect to", this.subject, detail));
  }

  private succeed(room: number, early: Uint8Array): void {
    const tcp = this.#tcp!;
    this.#tcp = undefined;
    this.end();
    this.#user.opened(tcp, room, early);
  }

  private fail(error: unknown): void {
    if (this.#isOver) return;
    this.end();
    this.#tcp?.close();
    this.#user.failed(error);
  }

  private end(): void {
    this.#isOver = true;
    this.#deadline.set(Infinity);
  }
}

/** A host without the brackets that an IPv6 address has in URLs. */
function nameOf(host: string): string {
  return host.startsWith("[") ? host.slice(1, -1) : host;
}
