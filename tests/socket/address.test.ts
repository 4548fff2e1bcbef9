import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Ipv4Address, Ipv6Address, SocketAddress } from "../../src/address/index.js";
import { NetworkError } from "../../src/error/index.js";
import { TcpSocket, UdpSocket, type AddressLike } from "../../src/socket/index.js";
import { NOBODY, SERVER, bytes, simulated, text } from "./network.js";
import { VirtualTime } from "../support/virtual-time.js";

/** What the provider is asked for when a socket connects to `address`: where to, or the error. */
async function target(address: AddressLike, resolve?: (name: string) => Ipv4Address[]): Promise<string> {
  let asked = "";
  function TCP(options: { address: string; port: number }): void {
    asked = `${options.address} ${options.port}`;
    throw new NetworkError("ENETDOWN", "test");
  }
  const socket = new TcpSocket({ io: { TCP } as never, timers: new VirtualTime(), resolve });
  const error = await socket.connect(address).then(
    () => undefined,
    (reason: NetworkError) => reason,
  );
  return error?.code === "ENETDOWN" ? asked : String(error?.message);
}

describe("an address", () => {
  it.each<[AddressLike, string]>([
    ["192.168.1.1:8080", "192.168.1.1 8080"],
    ["[::1]:8080", "::1 8080"],
    ["[fe80::1%eth0]:80", "fe80::1%eth0 80"],
    [["192.168.1.1", 8080], "192.168.1.1 8080"],
    [["2001:db8::1", 80], "2001:db8::1 80"],
    [{ address: "192.168.1.1", port: 8080 }, "192.168.1.1 8080"],
    [{ address: Ipv6Address.parse("::1"), port: 1 }, "::1 1"],
    [SocketAddress.parse("10.0.0.1:65535"), "10.0.0.1 65535"],
    ["localhost:80", "127.0.0.1 80"],
    ["LocalHost.:80", "127.0.0.1 80"],
    [["printer.localhost", 80], "127.0.0.1 80"],
  ])("%j", async (address, expected) => {
    expect(await target(address)).toBe(expected);
  });

  it.each<[AddressLike, string | RegExp]>([
    ["", "no port (EINVAL)"],
    ["192.168.1.1", "no port (EINVAL)"],
    ["192.168.1.1:", "port is empty (EINVAL)"],
    ["192.168.1.1:65536", "port 65536 is over 65535 (EINVAL)"],
    ["192.168.1.1:http", 'port "http" is not a decimal number (EINVAL)'],
    ["192.168.1.300:80", "octet 300 is over 255 (EINVAL)"],
    ["192.168.1:80", /EINVAL/],
    ["0x7f.1:80", /EINVAL/],
    ["::1:80", "an IPv6 address needs brackets (EINVAL)"],
    ["[::1]", "no port (EINVAL)"],
    ["[::1:80", 'no "]" after the address (EINVAL)'],
    ["printer.local:", "port is empty (EINVAL)"],
    ["-printer.local:80", /EINVAL/],
    ["printer..local:80", /EINVAL/],
    [`${"x".repeat(64)}.local:80`, /EINVAL/],
    [`${"x.".repeat(130)}local:80`, /EINVAL/],
    ["prïnter.local:80", /EINVAL/],
    [":80", /EINVAL/],
    [["printer.local", 65_536], "port 65536: not an integer from 0 to 65535 (EINVAL)"],
    [["[::1]", 80], /EINVAL/],
    [{ address: "192.168.1.1", port: -1 }, "port -1: not an integer from 0 to 65535 (EINVAL)"],
    [["192.168.1.1:80", 80], /EINVAL/],
  ])("is not %j", async (address, message) => {
    expect(await target(address)).toMatch(message);
  });

  it("is read from any text without anything else being thrown", async () => {
    const character = fc.constantFrom(..."0123456789.:[]%-_afxlocthspr é");
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: character, maxLength: 40 }), async (given) => {
        expect(await target(given)).toMatch(/^[0-9a-f.:%_a-z]+ \d+$|\((EINVAL|ENOTSUP)\)$/i);
      }),
    );
  });

  it("is read back as it was written, of either family", async () => {
    const address = fc.oneof(
      fc.nat({ max: 0xffffffff }).map((value) => Ipv4Address.fromValue(value)),
      fc.ipV6().map((given) => Ipv6Address.parse(given)),
    );
    await fc.assert(
      fc.asyncProperty(address, fc.integer({ min: 1, max: 65_535 }), async (host, port) => {
        const expected = `${host.toString()} ${port}`;
        expect(await target(new SocketAddress(host, port).toString())).toBe(expected);
        expect(await target([host.toString(), port])).toBe(expected);
      }),
    );
  });
});

describe("a name", () => {
  const resolve = (name: string) => (name === "printer.local" ? [Ipv4Address.parse("10.0.0.7")] : []);

  it("is given to the resolver", async () => {
    expect(await target("printer.local:80", resolve)).toBe("10.0.0.7 80");
    expect(await target(["printer.local", 80], resolve)).toBe("10.0.0.7 80");
    expect(await target({ address: "printer.local", port: 80 }, resolve)).toBe("10.0.0.7 80");
  });

  it("needs one, and an address", async () => {
    expect(await target("printer.local:80")).toBe(
      "connect to printer.local:80: it is a name, and no resolver was given (ENOTSUP)",
    );
    expect(await target("scanner.local:80", resolve)).toBe(
      "connect to scanner.local:80: the name has no address (EHOSTUNREACH)",
    );
  });

  it("fails with what the resolver throws", async () => {
    const failing = (): never => {
      throw new NetworkError("ETIMEDOUT", "resolve", "printer.local");
    };
    expect(await target("printer.local:80", failing)).toBe("resolve printer.local: timed out (ETIMEDOUT)");
  });

  it(
    "is tried at each of its addresses",
    simulated(
      async ({ client, server }) => {
        const listener = new TcpSocket(server);
        await listener.bind([SERVER, 80]);
        await listener.listen();
        const socket = new TcpSocket(client);
        await socket.connect("printer.local:80");
        expect(socket.remoteAddress?.toString()).toBe(`${SERVER}:80`);
        // The address that comes first says why.
        await expect(new TcpSocket(client).connect("printer.local:81")).rejects.toThrow(
          `connect to ${NOBODY}:81: host unreachable (EHOSTUNREACH)`,
        );
      },
      { resolve: async () => [Ipv4Address.parse(NOBODY), Ipv4Address.parse(SERVER)] },
    ),
  );

  it(
    "can be sent to, and connected to, by UDP",
    simulated(
      async ({ client, server }) => {
        const far = new UdpSocket(server);
        await far.bind([SERVER, 7]);
        const near = new UdpSocket(client);
        await near.sendTo(bytes("by name"), "printer.local:7");
        expect(text((await far.recvFrom()).data)).toBe("by name");
        await near.connect("printer.local:7");
        expect(near.remoteAddress?.toString()).toBe(`${SERVER}:7`);
      },
      { resolve: () => [Ipv4Address.parse(SERVER)] },
    ),
  );
});
