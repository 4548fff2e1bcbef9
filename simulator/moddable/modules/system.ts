import { resolveLater, type ModuleHost } from "./module-host.js";
import type { createTimer } from "./timer.js";

/** `system`, which is the global `System` too. */
export function createSystem(
  moduleHost: ModuleHost,
  timer: ReturnType<typeof createTimer>,
  restart: () => void,
) {
  const { machine } = moduleHost;
  return {
    restart,
    resolve: (name: string, callback: (name: string, address: string | undefined) => void) =>
      resolveLater(moduleHost, name, (address) => machine.call(() => callback(name, address))),
    setTimeout: (callback: () => void, delay?: number) => timer.set(callback, delay),
    clearTimeout: (handle?: object) => timer.clear(handle),
    setInterval: (callback: () => void, interval?: number) => timer.repeat(callback, interval),
    clearInterval: (handle?: object) => timer.clear(handle),
  };
}
