import type { Io } from "wirelet/host/index";
import type { Platform } from "../io/index.js";
import { createNativeIo } from "../native-io.js";
import { createServices, type XsServices } from "../services.js";

/** All that the rooms ask of a host, from Moddable. */
export interface ModdableHost extends XsServices {
  readonly io: Io;
}

export function createHost(platform: Platform): ModdableHost {
  const services = createServices();
  return { ...services, io: createNativeIo(services.timers, platform) };
}
