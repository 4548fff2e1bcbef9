import type { DhcpClientOptions } from "../../src/dhcp/index.js";
import { DhcpClient } from "../../src/dhcp/index.js";
import type { SimulatedHost } from "../host.js";
import type { LanHost } from "../lan/index.js";
import { AppError } from "./app-error.js";
import { compileModule } from "./build/compile.js";
import type { Program } from "./build/program.js";
import { Realm } from "./engine/realm.js";
import { ModuleRegistry, type Namespace } from "./engine/registry.js";
import { PlatformModules, Preferences, WallTime, type ModdablePlatform } from "./modules/index.js";
import { createDesktopIo, createLwipIo, Machine, MachineCrash } from "./platform/index.js";
import { Radio, type AirNetwork } from "./platform/radio.js";

/** What ESP32 takes from an abort until it runs JavaScript again, in ms. */
export const RESTART_TIME = 500;

/** What the app of one host is made of. */
export interface AppParts {
  readonly program: Program;
  readonly platform: ModdablePlatform;
  /** `mc/config`, as JSON. */
  readonly config: string;
  readonly air: readonly AirNetwork[] | undefined;
  readonly names: Readonly<Record<string, string>>;
  readonly onAbort: "throw" | "restart";
}

/** An app on a host, from when the host was switched on until its power goes. */
export class ModdableApp {
  /** What it has traced, line by line. */
  readonly log: string[] = [];
  readonly preferences: Preferences;
  readonly #parts: AppParts;
  readonly #host: LanHost;
  readonly #simulated: SimulatedHost;
  readonly #machine: Machine;
  readonly #realm: Realm;
  readonly #registry: ModuleRegistry;
  readonly #radio: Radio | undefined;
  #exports: Namespace | undefined;
  #unfinishedLine = "";

  /** `moddable` makes it. */
  constructor(parts: AppParts, simulated: SimulatedHost, host: LanHost) {
    const { program, platform, air } = parts;
    this.#parts = parts;
    this.#host = host;
    this.#simulated = simulated;
    this.preferences = Preferences.of(simulated.storage);
    this.#machine = new Machine(simulated.stack, simulated.timers);
    this.#machine.onCrash = (error) => this.#abort(error);
    this.#machine.hasNetwork = platform === "simulator";
    const wallTime = new WallTime(() => simulated.wallClock.now() ?? 0);
    const random = simulated.random.fork("Math.random");
    this.#realm = new Realm({
      wallClock: () => wallTime.now(),
      random: () => random.fraction(),
      trace: (text) => this.#trace(text),
    });
    this.#radio =
      platform === "esp32" ? new Radio({ host: simulated, machine: this.#machine, air }) : undefined;
    const modules = this.#platformModules(wallTime);
    this.#realm.define("device", modules.device);
    this.#realm.define("System", modules.get("system").default);
    this.#registry = new ModuleRegistry({
      realm: this.#realm,
      resolve: (specifier, importer) => program.resolve(specifier, importer),
      compile: compileModule,
      platformModule: (key) => modules.get(key),
    });
    this.#boot();
  }

  /** Whether main runs, or has run. It waits for the network where the SDK's start-up does. */
  get isRunning(): boolean {
    return this.#exports !== undefined;
  }

  /**
   * What its main module exports.
   * @throws Error before main has run
   */
  get exports(): Namespace {
    if (this.#exports === undefined) throw new Error(`${this.#host.name}: main has not run yet`);
    return this.#exports;
  }

  /** What the app has put into its global object. */
  get global(): Readonly<Record<string, unknown>> {
    return this.#realm.global;
  }

  /**
   * The exports of a module of the app, as the app itself sees them.
   * @throws Error as the import does, or if it has not run because some module awaits something at its top level
   */
  import(specifier: string): Namespace {
    const { exports, running } = this.#registry.import(this.#parts.program.resolve(specifier));
    if (running !== undefined) throw new Error(`${specifier} is not done yet`);
    return exports;
  }

  #platformModules(wallTime: WallTime): PlatformModules {
    const { platform, config, program } = this.#parts;
    const machine = this.#machine;
    const { JSON: json, Object: object } = this.#realm.intrinsics;
    return new PlatformModules({
      moduleHost: {
        ...{ platform, machine, realm: this.#realm, radio: this.#radio, host: this.#simulated },
        resolve: (name) => this.#resolveName(name),
      },
      io: platform === "esp32" ? createLwipIo(machine) : createDesktopIo(machine),
      wallTime,
      config: (object.freeze as (value: object, isDeep: boolean) => object)(
        json.parse(config) as object,
        true,
      ),
      load: (specifier) => this.import(specifier),
      has: (specifier) => {
        try {
          return program.resolve(specifier) !== undefined;
        } catch {
          return false;
        }
      },
      restart: () => void machine.after(0, () => this.#host.reboot()),
    });
  }

  /** What `setup/` modules and the SDK's own start-up do, and then main. */
  #boot(): void {
    const { platform, program, config } = this.#parts;
    const machine = this.#machine;
    let waiting = 1;
    const done = (): void => {
      waiting--;
      if (waiting === 0) machine.call(() => this.#runMain());
    };
    machine.call(() => {
      for (const setup of program.setups) {
        const start = this.#registry.import({ kind: "source", ...setup }).exports.default;
        if (typeof start !== "function") continue;
        waiting++;
        (start as (done: () => void) => void)(done);
      }
    });
    const { ssid, password } = JSON.parse(config) as { ssid?: unknown; password?: unknown };
    const startsNetwork = program.manifest?.startsNetwork ?? true;
    if (platform === "simulator") {
      waiting++;
      this.#joinAsComputer(done);
    } else if (startsNetwork && ssid !== undefined && ssid !== "") {
      waiting++;
      this.#joinWifi(String(ssid), password === undefined ? undefined : String(password), done);
    }
    done();
  }

  /** The computer under the desktop simulator has its network before the app is started. */
  #joinAsComputer(done: () => void): void {
    const { network, clock, timers, random } = this.#simulated;
    if (network.ipv4 !== undefined || network.dhcp === undefined) return done();
    let isDone = false;
    const onEvent: DhcpClientOptions["onEvent"] = () => {
      if (isDone || network.ipv4 === undefined) return;
      isDone = true;
      done();
    };
    new DhcpClient({ link: network.dhcp, network, clock, timers, random, onEvent }).start();
  }

  /** As the SDK's start-up on ESP32: main begins when there is an address, and nobody tries again if there is no network. */
  #joinWifi(ssid: string, password: string | undefined, done: () => void): void {
    const radio = this.#radio!;
    const stop = radio.watch((event) => {
      if (event === "connected") this.#trace(`Wi-Fi connected to "${ssid}"\n`);
      if (event === "disconnected") this.#trace("Wi-Fi disconnected\n");
      if (event !== "addressed") return;
      stop();
      this.#trace(`IP address ${radio.address}\n`);
      done();
    });
    radio.connect(ssid, password);
  }

  #runMain(): void {
    const { exports, running } = this.#registry.import({ kind: "source", ...this.#parts.program.main });
    if (running === undefined) return this.#start(exports);
    running.then(
      () => this.#machine.call(() => this.#start(exports)),
      (error: unknown) => this.#machine.die(`unhandled exception: ${String(error)}`, error),
    );
  }

  /** As XS's host does: a function that main exports by default is called. */
  #start(exports: Namespace): void {
    this.#exports = exports;
    const { default: main } = exports;
    if (typeof main === "function") (main as () => void).call(this.#realm.global);
  }

  /** A name of a host in the LAN, with or without ".local", or one that the test has given. */
  #resolveName(name: string): string | undefined {
    if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return name;
    if (this.#simulated.network.ipv4 === undefined) return undefined;
    const known = this.#parts.names[name] ?? name;
    if (/^\d+\.\d+\.\d+\.\d+$/.test(known)) return known;
    try {
      return this.#host.lan.find(known.replace(/\.local$/, "")).address.toString();
    } catch {
      return undefined;
    }
  }

  #trace(text: string): void {
    const lines = (this.#unfinishedLine + text).split("\n");
    this.#unfinishedLine = lines.pop()!;
    for (const line of lines) {
      this.log.push(line);
      this.#simulated.log("info", line);
    }
  }

  #abort(error: unknown): void {
    const { abort } = this.#realm.global as { abort?: (reason: string, error: unknown) => unknown };
    if (typeof abort === "function" && !(error instanceof MachineCrash)) {
      try {
        abort("unhandled exception", error);
      } catch {
        // What ends it is what is to be told of.
      }
    }
    const failure = new AppError(this.#host.name, error);
    this.#host.tell({ topic: "app", text: `aborted: ${failure.message.slice(this.#host.name.length + 2)}` });
    const { simulation } = this.#host.lan;
    if (this.#parts.onAbort === "throw") {
      // To whoever moves time, once what goes on at this moment is over.
      simulation.schedule(0, () => {
        throw failure;
      });
      return;
    }
    // Whoever has switched it off or on meanwhile has been quicker.
    simulation.schedule(RESTART_TIME, () => {
      if (this.#host.machine === this.#simulated && this.#simulated.isOn) this.#host.reboot();
    });
  }
}
