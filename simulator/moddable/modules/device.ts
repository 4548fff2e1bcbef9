import type { Namespace } from "../engine/registry.js";
import type { ModuleHost } from "./module-host.js";

/** What each of `device.network`'s clients is made with; those of the SDK are loaded when somebody wants one. */
const CLIENTS: Readonly<Record<string, string>> = Object.freeze({
  http: "embedded:network/http/client",
  mqtt: "embedded:network/mqtt/client",
  ws: "embedded:network/websocket/client",
});

/** The global `device` of ECMA-419, as far as it is about networks. */
export function createDevice(
  { realm, platform }: ModuleHost,
  load: (specifier: string) => Namespace,
): object {
  const lazy = (target: object, name: string, specifier: string): object =>
    Object.defineProperty(target, name, {
      get: () => load(specifier).default,
      enumerable: true,
      configurable: true,
    });
  const object = (properties: object = {}): object =>
    Object.assign(new realm.intrinsics.Object(), properties) as object;
  const part = (specifier: string): object => lazy(object(), "io", specifier);

  const io = object();
  for (const [name, specifier] of Object.entries(IO)) lazy(io, name, specifier);
  const dns = Object.assign(part("embedded:network/dns/resolver/udp"), {
    servers: realm.give([] as string[]),
    socket: part("embedded:io/socket/udp"),
  });
  const network = object({ dns });
  for (const [name, specifier] of Object.entries(CLIENTS)) {
    const socket = part("embedded:io/socket/tcp");
    Object.assign(network, { [name]: Object.assign(part(specifier), { dns, socket }) });
  }
  const wifi = platform === "esp32" ? { wifi: part("embedded:network/interface/wifi") } : {};
  Object.assign(network, { interface: object(wifi) });
  return object({ io, pin: object(), network });
}

const IO: Readonly<Record<string, string>> = Object.freeze({
  TCP: "embedded:io/socket/tcp",
  Listener: "embedded:io/socket/listener",
  UDP: "embedded:io/socket/udp",
});
