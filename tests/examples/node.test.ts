import { describe, expect, it } from "@jest/globals";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { EXAMPLES, type Player } from "../../examples/examples.js";
import { play } from "../../examples/play.js";
import { loopbackHost } from "../../hosts/node/cli/places/here.js";

/** A port that nobody has. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return String(port);
}

/** Plays an example in this process, with the arguments that each player gets here. @returns who said what */
async function played(name: string, args: Readonly<Record<string, readonly string[]>>): Promise<string[]> {
  const lines: string[] = [];
  const { cast, ...example } = EXAMPLES[name]!;
  const players = cast.map((player): Player => ({ ...player, args: args[player.name] ?? [] }));
  const { timers } = loopbackHost().sockets;
  const tell = (who: string, line: string): void => void lines.push(`${who}: ${line}`);
  await play({ ...example, cast: players }, { timers, host: loopbackHost, tell });
  return lines;
}

describe("on Node's sockets, over loopback", () => {
  it("TCP echo shows both sides of a connection", async () => {
    const port = await freePort();
    const lines = await played("tcp-echo", { server: [port], client: [`server:${port}`] });
    expect(lines).toContain(`server: listening on port ${port}`);
    expect(lines.filter((line) => line.includes("came back"))).toHaveLength(2);
    expect(lines[lines.length - 1]).toMatch(/^server: 127\.0\.0\.1:\d+ is done; 42 bytes went back$/);
  });

  it("UDP echo sends datagrams back", async () => {
    const port = await freePort();
    const lines = await played("udp-echo", { server: [port], client: [`server:${port}`] });
    expect(lines.filter((line) => line.includes("came back"))).toHaveLength(3);
  });

  it("everybody in the chat hears what the others say", async () => {
    const port = await freePort();
    const room = `room:${port}`;
    const lines = await played("chat", { room: [port], alice: ["Alice", room], bob: ["Bob", room] });
    expect(lines).toContain("alice: Bob: Anybody here?");
    expect(lines).toContain("bob: * Alice has left");
  });

  it("the port scanner finds the open ports", async () => {
    const [printer, sensor, closed] = [await freePort(), await freePort(), await freePort()];
    const ports = [printer, sensor, closed].join(",");
    const args = { printer: [printer], sensor: [sensor], scanner: ["127.0.0.1", ports] };
    expect(await played("port-scan", args)).toContain(`scanner: 127.0.0.1  ${printer} open  ${sensor} open`);
  });

  it("a broadcast finds every clock", async () => {
    const port = await freePort();
    const args = { kitchen: ["Kitchen", port], garage: ["Garage", port], client: [port] };
    const lines = await played("time-of-day", args);
    expect(lines).toContainEqual(
      expect.stringMatching(/^client: Kitchen at 127\.0\.0\.1 says \S+Z, .* ahead of/),
    );
    expect(lines).toContain("client: 2 clocks found");
  });

  it("tells the failure of a role, and ends the others", async () => {
    const port = await freePort();
    await expect(played("tcp-echo", { server: ["0"], client: [`server:${port}`] })).rejects.toThrow(
      "ECONNREFUSED",
    );
  });
});
