import { parsePort } from "wirelet/address/index";

/** The firmware's settings: the manifest's `config`, and over it what mcconfig's command line says, as text. */
export interface Settings {
  readonly httpPort: number;
  readonly hostName: string | undefined;
  readonly ssid: string | undefined;
  readonly password: string | undefined;
}

/** @throws NetworkError EINVAL if the port is not one */
export function readSettings(config: Readonly<Record<string, unknown>>): Settings {
  return {
    httpPort: parsePort(String(config.port)),
    hostName: textOf(config.hostname),
    ssid: textOf(config.ssid),
    password: textOf(config.password),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
