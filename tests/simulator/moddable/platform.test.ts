import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  BEACON_TIME,
  dhcpServer,
  Lan,
  type LanHost,
  type ModdableApp,
  type ModdableOptions,
} from "../../../simulator/index.js";
import { app, removeAll, run } from "./support.js";

afterAll(removeAll);

let lan: Lan;

beforeEach(() => {
  lan = new Lan();
  lan.host("router", { address: "192.168.1.1/24", app: dhcpServer() });
});

/** A board with an app, in reach of Wi-Fi. */
function board(main: string, options: ModdableOptions = {}): LanHost<ModdableApp> {
  return lan.host("board", { app: app(main, { platform: "esp32", ...options }) });
}

describe("timers", () => {
  it("run once, again and again, and as they are scheduled", async () => {
    const { lan, app } = run(`
      import Timer from "timer";
      import Time from "time";
      const start = Time.ticks;
      const say = (what: string) => trace(\`\${what} \${Time.delta(start)}\\n\`);
      Timer.set(() => say("set"));
      Timer.set(function (timer) { say(\`once \${this === globalThis}\`); }, 100.9);
      let left = 3;
      Timer.set((timer) => { say("repeated"); if (--left === 0) Timer.clear(timer); }, 200, 50);
      const waiting = Timer.repeat(() => say("never"), 1000);
      Timer.schedule(waiting);
      const later = Timer.set(() => say("later"), 10);
      Timer.schedule(later, 400);
      Timer.clear(Timer.set(() => say("cleared"), 10));
      Timer.clear();
      Timer.clear({});
    `);
    await lan.runFor("10s");
    expect(app.log).toEqual([
      "set 0",
      "once true 100",
      "repeated 200",
      "repeated 250",
      "repeated 300",
      "later 400",
    ]);
  });

  it("cannot be scheduled once they are over", async () => {
    const { lan, app } = run(`
      import Timer from "timer";
      const timer = Timer.set(() => undefined, 1);
      Timer.set(() => {
        Timer.clear(timer);
        try { Timer.schedule(timer, 1); } catch (error) { trace(\`\${error instanceof SyntaxError}\\n\`); }
      }, 10);
    `);
    await lan.runFor("1s");
    expect(app.log).toEqual(["true"]);
  });
});

describe("time", () => {
  it("counts ticks of 32 bits on a board, which may set its clock", async () => {
    const host = board(`
      import Time from "time";
      export const ticks = () => Time.ticks;
      export const set = (seconds: number) => { Time.set(seconds); return Date.now(); };
    `);
    const { ticks, set } = host.app.exports as Record<string, (value?: number) => number>;
    expect(ticks!()).toBe(0);
    expect(set!(1_800_000_000)).toBe(1_800_000_000_000);
    lan.simulation.advance("25d");
    expect(ticks!()).toBeLessThan(0);
  });
});

describe("preferences", () => {
  const main = `
    import Preference from "preference";
    const attempt = (value: unknown, domain = "app", key = "key") => {
      try {
        Preference.set(domain, key, value as number);
        const stored: unknown = Preference.get(domain, key);
        return stored instanceof ArrayBuffer ? [...new Uint8Array(stored)] : stored;
      } catch (error) {
        return (error as Error).message;
      }
    };
    export const result = [
      attempt(1), attempt(true), attempt("text"), attempt(Uint8Array.of(1, 2).buffer), attempt(1.5), attempt({}),
      attempt(1, "a domain that is long"), attempt(1, "app", "a key that is long"),
      Preference.get("app", "nothing"), Preference.keys("app"),
    ];
    Preference.delete("app", "key");
    export const left = Preference.get("app", "key");
  `;

  it("take what flash takes", () => {
    const { exports } = board(main).app;
    expect(exports.result).toEqual([
      ...[1, true, "text", [1, 2], "float unsupported", "unsupported type"],
      ...["nvs_open fail", "nvs set fail", undefined, ["key"]],
    ]);
    expect(exports.left).toBeUndefined();
  });
});

describe("net", () => {
  it("tells what it is on a board, and finds hosts by their names", async () => {
    lan.host("broker", { address: "192.168.1.5/24" });
    const host = board(
      `
        import Net from "net";
        export const before = Net.get("IP");
        for (const name of ["broker", "broker.local", "cloud.example.com", "192.168.1.77", "nobody"])
          Net.resolve(name, (asked, address) => trace(\`\${asked} \${address}\\n\`));
        export const get = (what: string) => Net.get(what);
      `,
      { config: { ssid: "home" }, names: { "cloud.example.com": "broker" } },
    );
    expect(host.app.isRunning).toBe(false);
    await lan.runFor("5s");
    expect(host.app.log.slice(2)).toEqual([
      "broker 192.168.1.5",
      "broker.local 192.168.1.5",
      "cloud.example.com 192.168.1.5",
      "192.168.1.77 192.168.1.77",
      "nobody undefined",
    ]);
    const get = host.app.exports.get as (what: string) => unknown;
    expect(["IP", "SSID", "RSSI", "DNS", "unknown"].map(get)).toEqual([
      ...[host.address.toString(), "home", -50, ["192.168.1.1"], undefined],
    ]);
    expect(get("MAC")).toBe(host.mac.toString().toUpperCase());
  });

  it("knows its address alone in the desktop simulator, which has it before main runs", async () => {
    const main =
      'import Net from "net"; export const result = [Net.get("IP"), Net.get("MAC"), Net.get("SSID")];';
    const host = lan.host("computer", { app: app(main) });
    expect(host.app.isRunning).toBe(false);
    await lan.until(() => host.app.isRunning, { within: "30s" });
    expect(host.app.exports.result).toEqual([host.address.toString(), undefined, undefined]);
  });
});

describe("embedded:network/interface/wifi", () => {
  const main = `
    import WiFi from "embedded:network/interface/wifi";
    import TCP from "embedded:io/socket/tcp";
    export const wifi = new WiFi({
      onChanged(what) { trace(\`\${what} \${this.connection} \${this.address} \${this.SSID}\\n\`); },
    });
    trace(\`\${wifi.connection} \${wifi.address} \${wifi instanceof WiFi}\\n\`);
    try { new TCP({ address: "192.168.1.1", port: 7 }); } catch (error) { trace(\`\${error instanceof Error} \${error.message}\\n\`); }
    wifi.connect({ SSID: "home", password: "secret word" });
  `;

  it("connects, gets an address, loses the access point, and finds it again", async () => {
    const host = board(main);
    await lan.runFor("5s");
    const { log } = host.app;
    const address = String(host.address);
    expect(log).toEqual([
      "200 undefined true",
      "true no network",
      "connection 400 undefined home",
      `connection 500 ${address} home`,
      `address 500 ${address} home`,
    ]);
    host.cable.cut();
    await lan.runFor(BEACON_TIME - 1);
    expect(log).toHaveLength(5);
    await lan.runFor(1);
    expect(log.slice(5)).toEqual(["connection 200 undefined undefined"]);
    host.cable.mend();
    const { wifi } = host.app.exports as { wifi: { connect(options: object): void; connection: number } };
    wifi.connect({ SSID: "home" });
    expect(wifi.connection).toBe(300);
    await lan.runFor("5s");
    expect(wifi.connection).toBe(500);
    expect(String(host.address)).toBe(address);
  });

  it("is in reach of the networks that the test has put there, with their passwords", async () => {
    const air = [{ ssid: "home", password: "another word", rssi: -70 }, { ssid: "open" }];
    const host = board(main, { air });
    await lan.runFor("5s");
    expect(host.app.log.slice(2)).toEqual(["connection 200 undefined undefined"]);
    const { wifi } = host.app.exports as {
      wifi: { connect(options: object): void; scan(options: object): void; RSSI: number };
    };
    const found: unknown[] = [];
    wifi.scan({
      onFound: (network: { SSID: string; RSSI: number }) => found.push([network.SSID, network.RSSI]),
    });
    wifi.connect({ SSID: "home", password: "another word" });
    await lan.runFor("5s");
    expect(found).toEqual([
      ["home", -70],
      ["open", -50],
    ]);
    expect(wifi.RSSI).toBe(-70);
  });

  it("is not there in the desktop simulator", async () => {
    const host = run(main);
    await expect(host.lan.runFor(0)).rejects.toThrow(
      "the desktop simulator has no embedded:network/interface/wifi",
    );
  });
});

describe("the older module wifi", () => {
  const main = `
    import WiFi from "wifi";
    export const wifi = new WiFi({ ssid: "home", password: "secret word" }, function (message, reason) {
      trace([message, ...(reason === undefined ? [] : [reason])].join(" "), "\\n");
    });
  `;

  it("tells what happens to the radio, and leaves it to the app to connect again", async () => {
    const host = board(`${main} export const connect = () => WiFi.connect({ ssid: "home" });`);
    await lan.runFor("5s");
    expect(host.app.log).toEqual(["start", "connect", "gotIP"]);
    host.cable.cut();
    await lan.runFor("1m");
    host.cable.mend();
    await lan.runFor("1m");
    expect(host.app.log.slice(3)).toEqual(["disconnect 0"]);
    (host.app.exports.connect as () => void)();
    await lan.runFor("5s");
    expect(host.app.log.slice(4)).toEqual(["connect", "gotIP"]);
  });

  it("says once that a network cannot be found, after trying for a while", async () => {
    const host = board(main, { air: [] });
    await lan.runFor("1m");
    expect(host.app.log).toEqual(["start", "disconnect 0"]);
  });

  it("pretends in the desktop simulator", async () => {
    const host = run(main);
    await host.lan.runFor("10s");
    expect(host.app.log).toEqual(["connect", "gotIP"]);
  });
});
