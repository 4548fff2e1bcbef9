import { NetworkError } from "wirelet/error/index";
import {
  takeOver,
  type Io,
  type SecureOptions,
  type SecureSockets,
  type TcpOptions,
  type Timers,
} from "wirelet/host/index";
import { XsTcp, type XsConnection } from "../io/tcp.js";
import { carrierOver } from "./carrier.js";
import { SecureConnection } from "./connection.js";
import type { NativeTlsClass, NativeTlsOptions } from "./native.js";

export { HANDSHAKE_TIME_LIMIT } from "./connection.js";
export type { NativeTlsClass } from "./native.js";

export interface XsSecureOptions {
  /** An authority's certificate, in DER; absent: those among the app's resources, as the SDK's manifest of TLS names them. */
  readonly ca?: Uint8Array;
  /** False takes any certificate, also an attacker's: for tests only. Absent: true. */
  readonly rejectUnauthorized?: boolean;
}

/**
 * The SDK's TLS, over any of its sockets. It verifies against the time of day: that must have been set, by SNTP for example.
 *
 * @param Tls `embedded:io/socket/tcp/tls`
 */
export function createSecureSockets(
  Tls: NativeTlsClass,
  io: Pick<Io, "TCP">,
  timers: Timers,
  { ca, rejectUnauthorized = true }: XsSecureOptions = {},
): SecureSockets {
  const Carrier = carrierOver(io);
  return {
    connect(serverName: string, { alpn }: SecureOptions = {}): Pick<Io, "TCP"> {
      if (serverName === "") throw new NetworkError("EINVAL", "connect", undefined, "no server name given");
      const secure: NativeTlsOptions["secure"] = {
        verify: rejectUnauthorized,
        ...(ca && { certificate: ca }),
        ...(alpn && { applicationLayerProtocolNegotiation: alpn }),
      };
      const host = { Tls, Carrier, timers, secure };
      class TCP extends XsTcp {
        constructor(options: TcpOptions) {
          super(open, options);
        }
      }
      return { TCP };

      function open(options: TcpOptions): XsConnection {
        const { from } = options;
        return from instanceof TCP ? takeOver(from, TCP) : new SecureConnection(host, serverName, options);
      }
    },
  };
}
