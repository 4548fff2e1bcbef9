import { parsePort } from "wirelet/address/index";
import { NetworkError } from "wirelet/error/index";

/** The firmware's settings: the manifest's `config`, and over it what mcconfig's command line says, as text. */
export interface Settings {
  readonly httpPort: number;
  readonly hostName: string | undefined;
  readonly ssid: string | undefined;
  readonly password: string | undefined;
  /** Who gets the address, where that can be chosen: this project's DHCP client, or the platform's. */
  readonly dhcp: "wirelet" | "platform";
}

/** Where everybody expects HTTPS (RFC 9110 §4.2.2). */
const HTTPS_PORT = 443;

/** @throws NetworkError EINVAL if the port is not one, or `dhcp` neither of the two, ENOTSUP for the port of HTTPS */
export function readSettings(config: Readonly<Record<string, unknown>>): Settings {
  return {
    httpPort: portOf(config.port),
    hostName: textOf(config.hostname),
    ssid: textOf(config.ssid),
    password: textOf(config.password),
    dhcp: clientOf(config.dhcp),
  };
}

function portOf(value: unknown): number {
  const port = parsePort(String(value));
  if (port !== HTTPS_PORT) return port;
  const detail = "HTTPS needs TLS, which the platform has for clients only; choose another port for HTTP";
  throw new NetworkError("ENOTSUP", "listen on", `port ${port}`, detail);
}

function clientOf(value: unknown): "wirelet" | "platform" {
  if (value === undefined || value === "platform") return "platform";
  if (value === "wirelet") return "wirelet";
  throw new NetworkError("EINVAL", "set dhcp", String(value), 'it is "wirelet" or "platform"');
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
