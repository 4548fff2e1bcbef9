import { randomBytes } from "node:crypto";
import type { TlsOptions } from "node:tls";
import { NetworkError } from "../../../src/error/index.js";
import {
  checkOption,
  takeOver,
  type Io,
  type ListenerOptions,
  type TcpOptions,
  type Timers,
} from "../../../src/host/index.js";
import type { NodeConnection } from "../io/connection.js";
import { NodeTcp } from "../io/tcp.js";
import { nodeTimers } from "../services.js";
import type { Task } from "./busy.js";
import { Handshakes } from "./handshakes.js";
import { HANDSHAKE_TIME_LIMIT, LEAST_VERSION, MAX_HANDSHAKES, type Pem } from "./limits.js";
import { SecureListener, type SecureListenerHost } from "./secure-listener.js";

/** A private key and its certificate, followed by those of its authorities up to one that clients know. */
export interface Identity {
  readonly key: Pem;
  readonly cert: Pem;
}

export interface SecureIoOptions extends Identity {
  /** Other identities by the name that a client asks for (SNI): "www.example.org", "*.example.org". */
  readonly sni?: Readonly<Record<string, Identity>>;
  /**
   * Application protocols, in order of preference (RFC 7301); a client who offers others only is refused. Absent: what clients
   * offer is ignored.
   */
  readonly alpn?: readonly string[];
  /** ms from the TCP's connection to the end of the handshake; absent: `HANDSHAKE_TIME_LIMIT`. */
  readonly handshakeTime?: number;
  /** Handshakes under way at a time; absent: `MAX_HANDSHAKES`. */
  readonly maxHandshakes?: number;
  /** Told why a connection did not come to be: scanners, plain HTTP, clients who do not trust the certificate, … */
  readonly onHandshakeFailure?: (error: NetworkError) => void;
  /** What handshakes are timed with; absent: Node's. */
  readonly timers?: Timers;
  /** Given the work of TLS where time is virtual: `(work) => simulation.task(work)`. */
  readonly task?: Task;
}

/**
 * A provider whose listeners speak TLS 1.2 and 1.3, by node:tls, over those of `io`: a connection counts when its handshake is done.
 * Its TCP takes over what they have accepted; its UDP is that of `io`.
 *
 * @example
 * const server = new HttpServer({ io: secureIo(nodeIo, { key, cert, alpn: ["http/1.1"] }), port: 443, clock, timers });
 * @throws NetworkError EINVAL for a key or certificate that is none, or that do not belong together
 */
export function secureIo(io: Io, options: SecureIoOptions): Io {
  const host: Omit<SecureListenerHost, "TCP"> = {
    io,
    timers: options.timers ?? nodeTimers,
    handshakes: handshakesOf(options),
    handshakeTime: options.handshakeTime ?? HANDSHAKE_TIME_LIMIT,
    maxHandshakes: checkOption("maxHandshakes", options.maxHandshakes ?? MAX_HANDSHAKES, 1),
    onHandshakeFailure: options.onHandshakeFailure,
    task: options.task,
  };
  class TCP extends NodeTcp {
    constructor(tcpOptions: TcpOptions | NodeConnection) {
      super(tcpOptions, ({ from }) => {
        if (from !== undefined) return takeOver(from, TCP);
        throw new NetworkError("ENOTSUP", "connect", undefined, "a server's TLS; clients use secureSockets");
      });
    }
  }
  return {
    TCP,
    Listener: class Listener extends SecureListener {
      constructor(listenerOptions: ListenerOptions) {
        super({ ...host, TCP }, listenerOptions);
      }
    },
    UDP: io.UDP,
  };
}

/** @throws NetworkError EINVAL */
function handshakesOf({ key, cert, alpn, sni = {} }: SecureIoOptions): Handshakes {
  const settings: TlsOptions = {
    ...tlsIdentity({ key, cert }),
    ...(alpn && { ALPNProtocols: [...alpn] }),
    // One for all handshakes, so that a session can be resumed in any.
    ticketKeys: randomBytes(48),
  };
  const contexts = Object.entries(sni).map(([name, identity]) => [name, tlsIdentity(identity)] as const);
  try {
    return new Handshakes(settings, contexts);
  } catch (error) {
    throw new NetworkError("EINVAL", "use certificate", undefined, (error as Error).message);
  }
}

function tlsIdentity({ key, cert }: Identity): TlsOptions {
  return { key: Buffer.from(key), cert: Buffer.from(cert), minVersion: LEAST_VERSION };
}
