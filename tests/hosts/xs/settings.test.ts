import { describe, expect, it } from "@jest/globals";
import { limitLog, type LogThreshold } from "../../../hosts/xs/log.js";
import { readSettings, type Config, type Settings } from "../../../hosts/xs/settings.js";
import type { LogLevel } from "../../../src/host/index.js";

const read = (config: Config): Settings => readSettings({ port: 80, ...config });

describe("settings", () => {
  it("come as the manifest has them, and as text from the command line", () => {
    expect(readSettings({ port: 80 })).toEqual({
      httpPort: 80,
      hostName: undefined,
      ssid: undefined,
      password: undefined,
      setupPassword: undefined,
      addressing: "platform",
      ipv4: undefined,
      log: "info",
    });
    expect(readSettings({ port: "8090", hostname: "lamp", ssid: "home", password: "secret" })).toMatchObject({
      httpPort: 8090,
      hostName: "lamp",
      ssid: "home",
      password: "secret",
    });
    // An open network: `password=` on the command line.
    expect(read({ ssid: "cafe", password: "" }).password).toBeUndefined();
    // A name that looks like a number is one in JSON.
    expect(read({ ssid: 2048 }).ssid).toBe("2048");
  });

  it.each([
    [{}, "platform"],
    [{ dhcp: "platform" }, "platform"],
    [{ dhcp: "own" }, "own"],
    [{ dhcp: "own", static: "192.168.1.20/24" }, "static"],
  ])("%j: the address is chosen by %s", (config, addressing) => {
    expect(read(config).addressing).toBe(addressing);
  });

  it("give a static address with all that belongs to it, or with nothing", () => {
    const { ipv4 } = read({
      static: "192.168.1.20/24",
      gateway: "192.168.1.1",
      dns: "192.168.1.1, 9.9.9.9",
    });
    expect([`${ipv4?.address}/${ipv4?.prefixLength}`, `${ipv4?.gateway}`]).toEqual([
      "192.168.1.20/24",
      "192.168.1.1",
    ]);
    expect(ipv4?.dns.map(String)).toEqual(["192.168.1.1", "9.9.9.9"]);
    const bare = read({ static: "10.0.0.1/31" }).ipv4;
    expect(bare?.dns).toEqual([]);
    expect(bare && "gateway" in bare).toBe(false);
  });

  it.each([
    [{ dhcp: "wirelet" }, 'set dhcp wirelet: it is "own" or "platform" (EINVAL)'],
    [{ log: "all" }, "set log all: it is one of debug, info, warn, error, none (EINVAL)"],
    ...["192.168.1.20", "192.168.1.0/24", "192.168.1.255/24", "224.0.0.5/8", "127.0.0.1/8", "10.0.0.1/0"].map(
      (text) =>
        [
          { static: text },
          `set static ${text}: it is a host's address with the length of its prefix, as 192.168.1.20/24 (EINVAL)`,
        ] as const,
    ),
    [
      { static: "192.168.1.20/24", gateway: "192.168.2.1" },
      "set gateway 192.168.2.1: it is another host of the network that static= names (EINVAL)",
    ],
    [
      { static: "192.168.1.20/24", gateway: "192.168.1.20" },
      "set gateway 192.168.1.20: it is another host of the network that static= names (EINVAL)",
    ],
    [{ static: "192.168.1.20/24", gateway: "router" }, "set gateway router: it is an IPv4 address (EINVAL)"],
    [
      { static: "192.168.1.20/24", dns: "9.9.9.9,dns.example" },
      "set dns dns.example: it is IPv4 addresses with commas between them (EINVAL)",
    ],
    [{ dns: "9.9.9.9" }, "set dns 9.9.9.9: it goes with static=, and DHCP brings its own (EINVAL)"],
    [
      { gateway: "192.168.1.1" },
      "set gateway 192.168.1.1: it goes with static=, and DHCP brings its own (EINVAL)",
    ],
  ])("refuse %j, and say what it may be", (config, message) => {
    expect(() => read(config)).toThrow(message);
  });

  it.each(["x", "a".repeat(32), "lamp-2"])("take the host name %s", (hostname) => {
    expect(read({ hostname }).hostName).toBe(hostname);
  });

  it.each(["a".repeat(33), "my lamp", "-lamp", "lamp-", "lampe.example", "l\u00e4mpchen", "lamp\n"])(
    "refuse the host name %j",
    (hostname) => {
      expect(() => read({ hostname })).toThrow(
        `set hostname ${hostname}: it is 1 to 32 letters and digits, with hyphens between them (EINVAL)`,
      );
    },
  );

  it.each(["12345678", "let me in", "x".repeat(63), 12345678])("take the set-up password %s", (password) => {
    expect(read({ setuppassword: password }).setupPassword).toBe(String(password));
  });

  it.each(["1234567", "x".repeat(64), "schl\u00fcssel", "with\nline"])(
    "refuse the set-up password %j without telling it",
    (password) => {
      expect(() => read({ setuppassword: password })).toThrow(
        /^set setuppassword: it is 8 to 63 characters of ASCII \(EINVAL\)$/,
      );
    },
  );

  it("without a set-up password leave the access point open", () => {
    expect(read({ setuppassword: "" }).setupPassword).toBeUndefined();
  });

  it.each(["http", "-1", "65536", undefined])("refuse %s as a port", (port) => {
    expect(() => readSettings({ port })).toThrow(`set port ${port}: it is a number from 0 to 65535 (EINVAL)`);
  });

  it("can't be the port of HTTPS: there is no TLS for servers", () => {
    expect(() => readSettings({ port: "443" })).toThrow(
      "listen on port 443: HTTPS needs TLS, which the platform has for clients only; choose another port for HTTP (ENOTSUP)",
    );
  });
});

describe("the log", () => {
  const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

  it.each<[LogThreshold, string]>([
    ["debug", "debug info warn error"],
    ["info", "info warn error"],
    ["warn", "warn error"],
    ["error", "error"],
    ["none", ""],
  ])("with log=%s has: %s", (threshold, expected) => {
    const lines: string[] = [];
    const log = limitLog((level) => void lines.push(level), threshold);
    for (const level of LEVELS) log(level, "line");
    expect(lines.join(" ")).toBe(expected);
  });
});
