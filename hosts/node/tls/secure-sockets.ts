import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect, createSecureContext, type SecureContext } from "node:tls";
import { NetworkError } from "../../../src/error/index.js";
import {
  takeOver,
  type Io,
  type SecureOptions,
  type SecureSockets,
  type TcpOptions,
  type Timers,
} from "../../../src/host/index.js";
import { NodeConnection } from "../io/connection.js";
import { formatEndpoint } from "../io/endpoint.js";
import { NodeTcp } from "../io/tcp.js";
import { nodeTimers } from "../services.js";
import type { Task } from "./busy.js";
import { HANDSHAKE_TIME_LIMIT, LEAST_VERSION, type Pem } from "./limits.js";
import { SecureSocket } from "./secure-socket.js";
import { TcpStream } from "./tcp-stream.js";

export interface SecureSocketsOptions {
  /**
   * Certificates of the authorities to trust, as PEM; absent: those that Node brings. To trust both, pass
   * `[...tls.rootCertificates, own]`.
   */
  readonly ca?: Pem | readonly Pem[];
  /** False takes any certificate, also an attacker's: for tests only. Absent: true, whatever the environment says. */
  readonly rejectUnauthorized?: boolean;
  /** ms from the TCP's connection to the end of the handshake; absent: `HANDSHAKE_TIME_LIMIT`. */
  readonly handshakeTime?: number;
  /** What that time is measured with; absent: Node's. */
  readonly timers?: Timers;
  /** Given the work of TLS where time is virtual: `(work) => simulation.task(work)`. */
  readonly task?: Task;
}

/**
 * TLS 1.2 and 1.3 by node:tls, over any provider's sockets.
 *
 * @example
 * const secure = secureSockets(nodeIo, { ca: readFileSync("ca.pem") });
 * const { TCP } = secure.connect("device.local");
 * const socket = new TCP({ address: "192.168.1.10", port: 443, onWritable() { … }, onError(error) { … } });
 * @throws NetworkError EINVAL for certificates that are none
 */
export function secureSockets(io: Pick<Io, "TCP">, options: SecureSocketsOptions = {}): SecureSockets {
  const { ca } = options;
  const context = contextOf(ca);
  return {
    connect(serverName: string, { alpn }: SecureOptions = {}): Pick<Io, "TCP"> {
      if (serverName === "") throw new NetworkError("EINVAL", "connect", undefined, "no server name given");
      class TCP extends NodeTcp {
        constructor(tcpOptions: TcpOptions) {
          super(tcpOptions, (checked) =>
            checked.from instanceof TCP
              ? takeOver(checked.from, TCP)
              : startTls(new TcpStream(io, checked, options.task)),
          );
        }
      }
      return { TCP };

      function startTls(stream: TcpStream): NodeConnection {
        const {
          rejectUnauthorized = true,
          timers = nodeTimers,
          handshakeTime = HANDSHAKE_TIME_LIMIT,
        } = options;
        const socket = connect({
          socket: stream,
          secureContext: context,
          rejectUnauthorized,
          host: serverName,
          // RFC 6066 §3: no addresses.
          ...(isIP(serverName) === 0 && { servername: serverName }),
          ...(alpn && { ALPNProtocols: [...alpn] }),
        });
        stream.once("connect", () => {
          const timer = timers.set(() => {
            const { remoteAddress, remotePort } = stream.endpoints;
            const subject = formatEndpoint(remoteAddress, remotePort);
            socket.destroy(new NetworkError("ETIMEDOUT", "TLS handshake with", subject));
          }, handshakeTime);
          const stop = (): void => timers.clear(timer);
          socket.once("secureConnect", stop).once("close", stop);
        });
        return new NodeConnection(new SecureSocket(socket, stream, timers, false));
      }
    },
  };
}

/** @throws NetworkError EINVAL */
function contextOf(ca: Pem | readonly Pem[] | undefined): SecureContext {
  const authorities = ca === undefined ? undefined : [ca].flat().map((pem) => Buffer.from(pem));
  try {
    // Node itself ignores what is no certificate, and the first connection would tell.
    for (const authority of authorities ?? []) void new X509Certificate(authority);
    return createSecureContext({ minVersion: LEAST_VERSION, ...(authorities && { ca: authorities }) });
  } catch (error) {
    throw new NetworkError("EINVAL", "trust certificates", undefined, (error as Error).message);
  }
}
