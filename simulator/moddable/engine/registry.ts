import type { CompiledModule } from "../build/compile.js";
import type { SourceModule, Target } from "../build/program.js";
import type { Realm } from "./realm.js";

/** The exports of a module, by their names. */
export type Namespace = Record<string, unknown>;

type Setter = (exports: Namespace) => void;

/** What a compiled module gives when it is declared. */
interface Declared {
  readonly setters: readonly Setter[];
  readonly execute: () => unknown;
}

type Declare = (
  exportValue: (name: string | Namespace, value?: unknown) => unknown,
  context: { readonly meta: object; import(specifier: string): Promise<Namespace> },
) => Declared;

/** A module of this registry. */
interface Linked {
  readonly exports: Namespace;
  readonly dependencies: Linked[];
  /** What its importers know of its exports is kept up to date. */
  readonly importers: Setter[];
  execute: (() => unknown) | undefined;
  /** Settled when it has run, if that takes more than this turn. */
  running: Promise<unknown> | undefined;
  /** What it has thrown; it is thrown again at who imports it later. */
  failure: { readonly error: unknown } | undefined;
}

/** A module that was asked for. */
export interface Imported {
  readonly exports: Namespace;
  /** Settled when it has run, if some module awaits something at its top level. */
  readonly running: Promise<unknown> | undefined;
}

export interface RegistryOptions {
  readonly realm: Realm;
  readonly resolve: (specifier: string, importer: SourceModule) => Target;
  readonly compile: (file: string) => CompiledModule;
  /** The exports of a module that the platform has. */
  readonly platformModule: (key: string) => Namespace;
}

/** The modules of one life of a host: each is loaded once, and runs once, as ECMA-262 §16.2.1.6 has it. */
export class ModuleRegistry {
  readonly #options: RegistryOptions;
  readonly #modules = new Map<string, Linked>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** Whether a module was loaded. */
  has(key: string): boolean {
    return this.#modules.has(key);
  }

  /**
   * Loads a module and what it imports, and runs what has not run yet.
   * @throws Error if a module is missing or cannot be compiled, and what the modules throw
   */
  import(target: Target): Imported {
    const linked = this.#link(target);
    return { exports: linked.exports, running: this.#evaluate(linked) };
  }

  /** What code means with `import(specifier)`. */
  importFrom(specifier: string, importer: SourceModule): Promise<Namespace> {
    const { realm, resolve } = this.#options;
    return new realm.intrinsics.Promise((done) => {
      try {
        const { exports, running } = this.import(resolve(specifier, importer));
        done((running?.then(() => exports) ?? exports) as Namespace);
      } catch (error) {
        throw realm.error(error);
      }
    });
  }

  #link(target: Target): Linked {
    const known = this.#modules.get(target.key);
    if (known?.failure !== undefined) throw known.failure.error;
    if (known !== undefined) return known;
    const linked: Linked = {
      exports: this.#options.realm.namespace(),
      dependencies: [],
      importers: [],
      execute: undefined,
      running: undefined,
      failure: undefined,
    };
    this.#modules.set(target.key, linked);
    try {
      if (target.kind === "source") this.#declare(linked, target);
      else Object.assign(linked.exports, this.#exportsOf(target));
    } catch (error) {
      linked.failure = { error };
      throw error;
    }
    return linked;
  }

  #exportsOf(target: Exclude<Target, { kind: "source" }>): object {
    return target.kind === "double" ? target.exports : this.#options.platformModule(target.key);
  }

  #declare(linked: Linked, module: SourceModule): void {
    const { realm, compile, resolve } = this.#options;
    const compiled = compile(module.file);
    const { imports } = compiled;
    const declare = realm.load(module.file, compiled) as Declare;
    const declared = declare(
      (name, value) => {
        Object.assign(linked.exports, typeof name === "string" ? { [name]: value } : name);
        for (const set of linked.importers) set(linked.exports);
        return value;
      },
      {
        meta: realm.meta(module.key),
        import: (specifier) => this.importFrom(specifier, module),
      },
    );
    linked.execute = declared.execute;
    const targets = imports.map((specifier) => resolve(specifier, module));
    for (const [index, target] of targets.entries()) {
      const dependency = this.#link(target);
      linked.dependencies.push(dependency);
      const set = declared.setters[index]!;
      dependency.importers.push(set);
      set(checked(dependency.exports, imports[index]!, module, realm));
      set(dependency.exports);
    }
  }

  /** @returns a promise if it takes more than this turn */
  #evaluate(linked: Linked): Promise<unknown> | undefined {
    if (linked.failure !== undefined) throw linked.failure.error;
    if (linked.execute === undefined) return linked.running;
    const { execute } = linked;
    linked.execute = undefined;
    try {
      const waiting = linked.dependencies
        .map((dependency) => this.#evaluate(dependency))
        .filter((running) => running !== undefined);
      const result = waiting.length === 0 ? execute() : Promise.all(waiting).then(execute);
      if (isThenable(result)) this.#follow(linked, result);
    } catch (error) {
      linked.failure = { error };
      throw error;
    }
    return linked.running;
  }

  #follow(linked: Linked, running: Promise<unknown>): void {
    linked.running = running;
    running.then(
      () => (linked.running = undefined),
      (error: unknown) => (linked.failure = { error }),
    );
  }
}

function isThenable(value: unknown): value is Promise<unknown> {
  return typeof (value as Partial<Promise<unknown>> | undefined)?.then === "function";
}

/**
 * What an importer sees of a module for a moment: a name that it has not is an error at once, as in ECMAScript. Of a module
 * in a cycle that was not declared yet, nothing is known.
 */
function checked(exports: Namespace, specifier: string, importer: SourceModule, realm: Realm): Namespace {
  if (Object.keys(exports).length === 0) return exports;
  return new Proxy(exports, {
    get(target, name) {
      if (name in target) return Reflect.get(target, name) as unknown;
      const { SyntaxError } = realm.intrinsics;
      throw new SyntaxError(`"${specifier}" has no export "${String(name)}", which ${importer.file} imports`);
    },
  });
}
