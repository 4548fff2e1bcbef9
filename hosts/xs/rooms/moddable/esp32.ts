import { createHost, type ModdableHost } from "wirelet/hosts/xs/apps/host";

export type { ModdableHost };

/** Sockets, timers, clocks, randomness and the log. To be called once, when the app runs: it calls natives. */
export const moddableHost = (): ModdableHost => createHost("esp32");
