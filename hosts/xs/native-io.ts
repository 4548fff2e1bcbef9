import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import UDP from "embedded:io/socket/udp";
import type { Io, Timers } from "wirelet/host/index";
import { createIo, type NativeIo, type Platform } from "./io/index.js";

/** Moddable's own classes. */
export function nativeSockets(): NativeIo {
  // The SDK's typings say less than its classes do: see io/native.ts.
  return { TCP, Listener, UDP } as unknown as NativeIo;
}

/** Moddable's sockets as `src/host` asks for them. */
export function createNativeIo(timers: Timers, platform: Platform): Io {
  return createIo(nativeSockets(), timers, platform);
}
