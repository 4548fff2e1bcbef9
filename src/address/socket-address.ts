import { NetworkError } from "../error/index.js";
import type { IpAddress } from "./ip.js";
import { ipv4FromText } from "./ipv4.js";
import { ipv6FromText } from "./ipv6.js";
import { orThrow, orUndefined, type Parsed } from "./parsed.js";
import { MAX_PORT, portFromText } from "./port.js";

/** An IP address and a port: one end of a TCP connection or of a UDP flow. Immutable. */
export class SocketAddress {
  /**
   * @param port 0 to 65535
   * @throws NetworkError EINVAL
   */
  constructor(
    readonly address: IpAddress,
    readonly port: number,
  ) {
    if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
      throw new NetworkError("EINVAL", "port", String(port), `not an integer from 0 to ${MAX_PORT}`);
    }
  }

  /**
   * Reads `192.168.0.1:8080`, `[::1]:8080` or `[fe80::1%eth0]:80`.
   *
   * @throws NetworkError EINVAL
   */
  static parse(text: string): SocketAddress {
    return orThrow(socketAddressFromText(text), "parse socket address", text);
  }

  /** As `parse`, but undefined if the text is not a socket address. */
  static tryParse(text: string): SocketAddress | undefined {
    return orUndefined(socketAddressFromText(text));
  }

  equals(other: SocketAddress): boolean {
    return this.port === other.port && this.address.equals(other.address);
  }

  /** `192.168.0.1:8080`, and an IPv6 address in brackets (RFC 5952 §6). */
  toString(): string {
    const { address, port } = this;
    return address.family === 4 ? `${address.toString()}:${port}` : `[${address.toString()}]:${port}`;
  }
}

function socketAddressFromText(text: string): Parsed<SocketAddress> {
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    return end < 0
      ? `no "]" after the address`
      : withPort(ipv6FromText(text.slice(1, end)), text.slice(end + 1));
  }
  const colon = text.indexOf(":");
  if (colon < 0) return "no port";
  if (text.indexOf(":", colon + 1) >= 0) return "more than one colon: an IPv6 address needs brackets";
  return withPort(ipv4FromText(text.slice(0, colon)), text.slice(colon));
}

/** @param rest what follows the address: a colon and the port */
function withPort(address: Parsed<IpAddress>, rest: string): Parsed<SocketAddress> {
  if (typeof address === "string") return address;
  if (rest.charAt(0) !== ":") return "no port";
  const port = portFromText(rest.slice(1));
  return typeof port === "string" ? port : new SocketAddress(address, port);
}
