// What preloading does to a module, in an engine that has no linker: a script, to be evaluated before the modules.
// docs/preload.md says what it does and does not see.

declare global {
  /** Of the engine. @returns the computrons so far, which are set to `computrons` */
  var resetMeter: (limit: number, computrons: number) => number;
  /** Called by each module at its end with what it has declared: refuses what flash would not keep, freezes the rest. */
  var preloaded: (module: string, values: Readonly<Record<string, unknown>>) => void;
  /** Throws if bytes or a Date of a preloaded module were changed, which could not be refused at once. */
  var verifyPreloaded: () => void;
}

/** What cannot be frozen: it is compared with what it was. */
interface Kept {
  readonly name: string;
  readonly isAsBefore: () => boolean;
}

/** The methods that XS refuses where the instance is in flash. */
const WRITING = /^(set|add|delete|clear)/;

const seen = new Set<object>();
/** What is in flash, by its name in errors. */
const flash = new Map<object, string>();
const kept: Kept[] = [];
let faults: string[] = [];

function isObject(value: unknown): value is object {
  return Object(value) === value;
}

/** Those that the linker freezes itself: all functions, what their instances inherit, and what cannot be copied to RAM. */
function isFrozenByLinker(value: object): boolean {
  if (typeof value === "function" || ArrayBuffer.isView(value)) return true;
  const { constructor } = value;
  if (typeof constructor === "function" && constructor.prototype === value) return true;
  return [ArrayBuffer, Map, Set, WeakMap, WeakSet, WeakRef, FinalizationRegistry, Promise, RegExp].some(
    (kind) => value instanceof kind,
  );
}

/** @param name what it is called in errors; absent: it is the engine's own, and nothing of it is refused */
function keep(value: unknown, name?: string): void {
  if (!isObject(value) || seen.has(value)) return;
  seen.add(value);
  if (name !== undefined) {
    refuse(value, name);
    flash.set(value, name);
  }
  const inner = (part: string): string | undefined => (name === undefined ? undefined : name + part);
  keep(Object.getPrototypeOf(value), inner(".__proto__"));
  if (ArrayBuffer.isView(value)) {
    keep(value.buffer, name);
    // A view that has elements cannot be frozen.
    Object.preventExtensions(value);
    return;
  }
  if (value instanceof Map || value instanceof Set) {
    for (const [key, content] of value.entries()) {
      keep(key, inner(`[${String(key)}]`));
      keep(content, inner(`[${String(key)}]`));
    }
  }
  // Of what is in RAM from its first use on, only the RegExp is: the rest of it is code.
  if (isPattern(value)) return;
  for (const key of Reflect.ownKeys(value)) {
    const { value: content, get, set } = Object.getOwnPropertyDescriptor(value, key)!;
    const part = `.${String(key)}`;
    keep(content, inner(part));
    keep(get, inner(part));
    keep(set, inner(part));
  }
  Object.freeze(value);
}

/** The one thing that a module may have and that is written: see src/host/pattern.ts. */
function isPattern(value: object): boolean {
  const { constructor } = value;
  return (
    typeof constructor === "function" &&
    constructor.name === "Pattern" &&
    !Object.hasOwn(value, "constructor")
  );
}

function refuse(value: object, name: string): void {
  // A generator function's prototype has nothing in it.
  const isPrototype = name.endsWith(".prototype");
  if (!isFrozenByLinker(value) && !isPrototype && !isPattern(value) && !Object.isFrozen(value))
    faults.push(`${name} is not frozen`);
  if (!isPrototype && /Generator\]$/.test(Object.prototype.toString.call(value)))
    faults.push(`${name} is a generator`);
  // See docs/decisions/patterns.md.
  if (value instanceof RegExp) faults.push(`${name} is a RegExp in flash`);
  if (value instanceof ArrayBuffer) {
    const bytes = new Uint8Array(value);
    const before = bytes.slice();
    kept.push({ name, isAsBefore: () => bytes.every((byte, index) => byte === before[index]) });
  } else if (value instanceof Date) {
    const before = value.getTime();
    kept.push({ name, isAsBefore: () => Object.is(value.getTime(), before) });
  }
  const isTable = [Map, Set, WeakMap, WeakSet, DataView].some((kind) => value instanceof kind);
  if (isTable) makeReadOnly(value, name);
}

function makeReadOnly(table: object, name: string): void {
  for (const method of Reflect.ownKeys(Object.getPrototypeOf(table) as object)) {
    if (!WRITING.test(String(method))) continue;
    Object.defineProperty(table, method, {
      value: () => {
        throw new TypeError(`${name} is read-only in flash`);
      },
    });
  }
}

/** JSON.stringify marks the objects that it is in, which XS can't in flash. */
function refuseInJson(value: unknown): void {
  if (!isObject(value) || typeof value === "function") return;
  const name = flash.get(value);
  if (name !== undefined) throw new TypeError(`JSON.stringify is given ${name}, which is in flash`);
  if (!("toJSON" in value)) Object.values(value).forEach(refuseInJson);
}

const { stringify } = JSON;

Object.assign(JSON, {
  stringify(value: unknown, replacer?: null, space?: number | string) {
    // The check is no work of the device's.
    const computrons = resetMeter(0, 0);
    refuseInJson(value);
    resetMeter(0, computrons);
    return stringify(value, replacer, space);
  },
});

function keepBuiltIns(): void {
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const value: unknown = Reflect.get(globalThis, name);
    if (value !== globalThis) keep(value);
  }
  const hidden = [
    (function* () {
      yield 0;
    })(),
    (async function* () {
      yield Promise.resolve();
    })(),
    () => Promise.resolve(),
    new Map().values(),
    new Set().values(),
    [].values(),
    ""[Symbol.iterator](),
    "".matchAll(/./g),
  ];
  for (const value of hidden) keep(Object.getPrototypeOf(value));
}

globalThis.preloaded = (module, values) => {
  faults = [];
  for (const [name, value] of Object.entries(values)) keep(value, `${module}: ${name}`);
  if (faults.length > 0) throw new TypeError(faults.join("; "));
};

globalThis.verifyPreloaded = () => {
  const changed = kept.filter(({ isAsBefore }) => !isAsBefore());
  if (changed.length > 0) throw new TypeError(changed.map(({ name }) => `${name} was changed`).join("; "));
};

keepBuiltIns();
