import type { NativeClass } from "../engine/expose.js";
import { resolveLater, type ModuleHost } from "./module-host.js";

interface Query {
  readonly host: string;
  readonly onResolved?: (host: string, address: string) => void;
  readonly onError?: (error: unknown) => void;
}

/** `embedded:network/dns/resolver/udp`, which finds the hosts of the LAN by their names, whatever servers it is told to ask. */
export function createResolver(moduleHost: ModuleHost): NativeClass {
  const { machine, realm } = moduleHost;
  return class Resolver {
    #isClosed = false;

    resolve({ host, onResolved, onError }: Query): void {
      resolveLater(moduleHost, host, (address) => {
        if (this.#isClosed) return;
        const error = new realm.intrinsics.Error("not found");
        machine.call(() => (address === undefined ? onError?.(error) : onResolved?.(host, address)));
      });
    }

    close(): void {
      this.#isClosed = true;
    }
  };
}
