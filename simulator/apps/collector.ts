import { decodeUtf8 } from "../../src/host/index.js";
import type { App } from "../lan/lan-host.js";

/** Where a collector listens unless it is told otherwise. */
export const COLLECTOR_PORT = 5140;

export interface Collector {
  /** Reports that have come in all. */
  readonly reports: number;
  /** Of each sender, by its name, the number of its last report. */
  readonly senders: ReadonlyMap<string, number>;
}

/** Takes the reports of sensors, which come as UDP datagrams, and tells of each sender's first one. */
export function collector({ port = COLLECTOR_PORT }: { readonly port?: number } = {}): App<Collector> {
  return ({ stack }, host) => {
    const senders = new Map<string, number>();
    const app = { reports: 0, senders };
    new stack.io.UDP({
      port,
      onReadable() {
        for (let datagram = this.read(); datagram !== undefined; datagram = this.read()) {
          const [sender = "", number] = decodeUtf8(new Uint8Array(datagram), "lossy").split(" ");
          app.reports++;
          if (!senders.has(sender))
            host.tell({ topic: "UDP", text: `first report of ${sender}, from ${datagram.address}` });
          senders.set(sender, Number(number));
        }
      },
    });
    return app;
  };
}
