import { bytesOf, type ByteBuffer } from "../../../src/host/index.js";
import type { Realm } from "./realm.js";

/** What the globals of a host do outside of its realm. */
export interface GlobalServices {
  /** Ms since 1970. */
  readonly wallClock: () => number;
  /** 0 included, 1 excluded. */
  readonly random: () => number;
  readonly trace: (text: string) => void;
}

/** What V8 has and XS on a device has not. */
const ABSENT = ["console", "Intl", "WebAssembly"];

/** Makes a realm's globals those that an app finds on Moddable. */
export function installGlobals(realm: Realm, services: GlobalServices): void {
  const { global, intrinsics } = realm;
  for (const name of ABSENT) Reflect.deleteProperty(global, name);
  hide(global, {
    Date: virtualDate(intrinsics.Date, services.wallClock),
    trace: (...values: unknown[]) => services.trace(values.map(String).join("")),
    Native: nativeClass(realm),
    native: (name: string) => () => {
      throw new intrinsics.Error(`${name} is a function in C, which does not run here`);
    },
  });
  // Where code has counters, they count for all hosts, and for the test.
  const { __coverage__ } = globalThis as { __coverage__?: object };
  if (__coverage__ !== undefined) hide(global, { __coverage__ });
  hide(intrinsics.Math, { random: services.random });
  hide(intrinsics.Object, { freeze: deepFreeze(intrinsics.Object.freeze) });
  hide(intrinsics.ArrayBuffer, {
    fromString: (text: string) => realm.give(new TextEncoder().encode(String(text)).buffer),
  });
  hide(intrinsics.ArrayBuffer.prototype, {
    concat(this: ArrayBuffer, ...others: ByteBuffer[]) {
      return realm.give(concatenate([this, ...others]));
    },
  });
  hide(intrinsics.String, {
    fromArrayBuffer(buffer: ByteBuffer) {
      try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytesOf(buffer));
      } catch {
        throw new intrinsics.TypeError("invalid UTF-8");
      }
    },
  });
}

/** Defines as built-ins are: to be changed, and not to be enumerated. */
function hide(object: object, properties: object): void {
  for (const [name, value] of Object.entries(properties))
    Object.defineProperty(object, name, { value: value as unknown, writable: true, configurable: true });
}

function virtualDate(Native: DateConstructor, now: () => number): DateConstructor {
  const current = (): number => Math.floor(now());
  const date = new Proxy(Native, {
    construct: (target, values: unknown[], newTarget) =>
      Reflect.construct(target, values.length === 0 ? [current()] : values, newTarget) as object,
    apply: () => new Native(current()).toString(),
  });
  hide(Native, { now: current });
  hide(Native.prototype, { constructor: date });
  return date;
}

/** XS freezes what an object holds too, if its second argument is true. */
function deepFreeze(freeze: ObjectConstructor["freeze"]) {
  const freezeAll = (value: unknown, isDeep?: boolean): unknown => {
    freeze(value);
    if (isDeep !== true || Object(value) !== value) return value;
    for (const key of Reflect.ownKeys(value as object)) {
      const each: unknown = Reflect.getOwnPropertyDescriptor(value as object, key)?.value;
      if (Object(each) === each && !Object.isFrozen(each)) freezeAll(each, true);
    }
    return value;
  };
  return freezeAll;
}

/** The class that JavaScript of the SDK extends where instances hold what C needs. */
function nativeClass({ intrinsics }: Realm) {
  return (destructor: string) => {
    const refuse = function (): never {
      throw new intrinsics.Error(`${destructor} belongs to a class in C, which does not run here`);
    };
    return refuse;
  };
}

function concatenate(buffers: readonly ByteBuffer[]): ArrayBuffer {
  const parts = buffers.map(bytesOf);
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result.buffer;
}
