import { type Context, createContext, runInContext } from "node:vm";
import { HOT_GLOBALS, type CompiledModule } from "../build/compile.js";
import { Positions } from "./positions.js";
import { installGlobals, type GlobalServices } from "./globals.js";
import type { Namespace } from "./registry.js";

/** The built-ins of a realm that something outside of it makes objects with. */
export interface Intrinsics {
  readonly Array: ArrayConstructor;
  readonly ArrayBuffer: ArrayBufferConstructor;
  readonly Date: DateConstructor;
  readonly Error: ErrorConstructor;
  readonly JSON: typeof JSON;
  readonly Math: Math;
  readonly Number: NumberConstructor;
  readonly Object: ObjectConstructor;
  readonly Promise: PromiseConstructor;
  readonly RangeError: RangeErrorConstructor;
  readonly String: StringConstructor;
  readonly SyntaxError: SyntaxErrorConstructor;
  readonly TypeError: TypeErrorConstructor;
  readonly URIError: URIErrorConstructor;
}

const NAMES =
  "Array, ArrayBuffer, Date, Error, JSON, Math, Number, Object, Promise, RangeError, String, SyntaxError, TypeError, URIError";

/** What JavaScript of one host sees: globals and built-ins of its own, for as long as its power is on. */
export class Realm {
  readonly intrinsics: Intrinsics;
  readonly global: Record<string, unknown>;
  readonly positions = new Positions();
  /** The classes that apps see in the place of those of the platform, by the latter's prototypes. */
  readonly #classes = new Map<object, object>();
  readonly #context: Context;
  #hot: unknown[] | undefined;

  constructor(services: GlobalServices) {
    this.#context = createContext();
    this.global = runInContext("globalThis", this.#context) as Record<string, unknown>;
    this.intrinsics = runInContext(`({ ${NAMES} })`, this.#context) as Intrinsics;
    Object.assign(this.intrinsics.Error, {
      prepareStackTrace: (error: unknown, frames: NodeJS.CallSite[]) => this.positions.trace(error, frames),
    });
    installGlobals(this, services);
  }

  /** Adds a global. */
  define(name: string, value: unknown): void {
    Object.defineProperty(this.global, name, {
      value,
      writable: true,
      configurable: true,
      enumerable: false,
    });
  }

  /** An object for a module's exports. */
  namespace(): Namespace {
    const exports = new this.intrinsics.Object() as Namespace;
    Object.setPrototypeOf(exports, null);
    Object.defineProperty(exports, Symbol.toStringTag, { value: "Module" });
    return exports;
  }

  /** `import.meta`, which on XS has a `uri`. */
  meta(key: string): object {
    return Object.assign(new this.intrinsics.Object(), { uri: key });
  }

  /** Loads a module's code. @returns what declares it, as SystemJS has it */
  load(file: string, module: CompiledModule): unknown {
    this.positions.add(file, module);
    this.#hot ??= HOT_GLOBALS.map((name) => runInContext(name, this.#context) as unknown);
    const load = module.script.runInContext(this.#context) as (...values: unknown[]) => void;
    let declare: unknown;
    load((_: readonly string[], declaration: unknown) => (declare = declaration), ...this.#hot);
    return declare;
  }

  /** Has `give` take objects of one class for those of another, which extends it. */
  adopt(native: object, exposed: object): void {
    this.#classes.set(native, exposed);
  }

  /** A value from outside as one of the realm: buffers, lists and plain objects become its own. */
  give<T>(value: T): T {
    if (typeof value !== "object" || value === null || value instanceof this.intrinsics.Object) return value;
    return this.#give(value) as T;
  }

  /** An error from outside as one of the realm. */
  error(error: unknown): unknown {
    // Not by `instanceof`: a test has a realm of its own too, besides Node's.
    if (Object.prototype.toString.call(error) !== "[object Error]" || error instanceof this.intrinsics.Error)
      return error;
    const { name, message } = error as Error;
    const Kind = (this.intrinsics as unknown as Record<string, ErrorConstructor>)[name];
    return new (Kind ?? this.intrinsics.Error)(message);
  }

  #give(value: object): unknown {
    const kind = Object.prototype.toString.call(value);
    const { Array: RealmArray, ArrayBuffer: RealmBuffer, Object: RealmObject } = this.intrinsics;
    if (kind === "[object ArrayBuffer]") {
      const bytes = new Uint8Array(value as ArrayBuffer);
      const buffer = new RealmBuffer(bytes.length);
      new Uint8Array(buffer).set(bytes);
      // A datagram says where it is from.
      return Object.assign(buffer, value);
    }
    if (Array.isArray(value)) return RealmArray.from(value, (each: unknown) => this.give(each));
    const prototype = Object.getPrototypeOf(value) as object | null;
    const exposed = this.#classes.get(prototype ?? {});
    if (exposed !== undefined) return Object.setPrototypeOf(value, exposed) as object;
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return value;
    const entries = Object.entries(value).map(([name, each]) => [name, this.give(each) as unknown]);
    return Object.assign(new RealmObject() as object, Object.fromEntries(entries));
  }
}
