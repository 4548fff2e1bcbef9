import type { Realm } from "./realm.js";

/** A class whose constructor apps call as they like. */
export type NativeClass = new (...values: never[]) => object;

/**
 * A class of the platform's as apps see it: what its methods give and what they throw is of the app's realm, so that
 * `instanceof` tells the truth there.
 */
export function exposeClass<T extends NativeClass>(realm: Realm, name: string, Native: T): T {
  const Exposed = class extends (Native as unknown as new (...values: unknown[]) => object) {
    constructor(...values: unknown[]) {
      try {
        super(...values);
      } catch (error) {
        throw realm.error(error);
      }
    }
  };
  Object.defineProperty(Exposed, "name", { value: name });
  let prototype = Native.prototype as object;
  for (; Object.getPrototypeOf(prototype) !== null; prototype = Object.getPrototypeOf(prototype) as object) {
    wrapAll(realm, prototype, Exposed.prototype);
    realm.adopt(prototype, Exposed.prototype);
  }
  wrapAll(realm, Native, Exposed);
  return Exposed as unknown as T;
}

/** An object of the platform's as apps see it, frozen. */
export function exposeObject<T extends object>(realm: Realm, native: T): T {
  const exposed = new realm.intrinsics.Object();
  wrapAll(realm, native, exposed);
  return Object.freeze(exposed) as T;
}

const OWN = new Set<string | symbol>(["constructor", "prototype", "name", "length"]);

/** Gives `target` what `source` has and `target` has not. */
function wrapAll(realm: Realm, source: object, target: object): void {
  for (const key of Reflect.ownKeys(source)) {
    if (OWN.has(key) || Object.hasOwn(target, key)) continue;
    const { value, get, set, ...rest } = Object.getOwnPropertyDescriptor(source, key)!;
    const { writable, ...flags } = rest;
    if (get !== undefined || set !== undefined) {
      Object.defineProperty(target, key, {
        ...flags,
        get: get && wrap(realm, get),
        set: set && wrap(realm, set),
      });
    } else {
      const given: unknown =
        typeof value === "function" ? wrap(realm, value as () => unknown) : realm.give(value);
      Object.defineProperty(target, key, { ...flags, writable: writable ?? true, value: given });
    }
  }
}

function wrap(realm: Realm, native: (...values: never[]) => unknown): (...values: unknown[]) => unknown {
  return function (this: unknown, ...values: unknown[]) {
    try {
      return realm.give(Reflect.apply(native, this, values));
    } catch (error) {
      throw realm.error(error);
    }
  };
}
