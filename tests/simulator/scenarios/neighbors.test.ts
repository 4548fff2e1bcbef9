import { describe, expect, it } from "@jest/globals";
import { neighbors, type Lan, type Sighting } from "../../../simulator/index.js";
import { NetworkError } from "../../../src/error/index.js";
import { TcpSocket } from "../../../src/socket/index.js";

const HOSTS = ["alice", "bob", "carol"];

/** The code that connecting ends with, undefined if it succeeds. */
async function connect(lan: Lan, from: string, to: string): Promise<string | undefined> {
  const socket = new TcpSocket(lan.find(from).sockets);
  let outcome: { readonly code: string | undefined } | undefined;
  socket.connect(to).then(
    () => (outcome = { code: undefined }),
    (error: unknown) => (outcome = { code: error instanceof NetworkError ? error.code : String(error) }),
  );
  await lan.simulation.until(() => outcome !== undefined, { within: "1h" });
  return outcome?.code;
}

describe("neighbors", () => {
  it("gives its hosts addresses in their order", () => {
    const lan = neighbors(HOSTS);
    expect(HOSTS.map((name) => String(lan.find(name).subnet))).toEqual([
      "192.168.1.10/24",
      "192.168.1.11/24",
      "192.168.1.12/24",
    ]);
  });

  it("lets hosts find each other by name", async () => {
    const lan = neighbors(HOSTS);
    const listener = new TcpSocket(lan.find("bob").sockets);
    await listener.bind("0.0.0.0:7");
    await listener.listen();
    expect(await connect(lan, "alice", "bob:7")).toBeUndefined();
    expect(await connect(lan, "carol", "bob:8")).toBe("ECONNREFUSED");
    expect(await connect(lan, "carol", "dave:7")).toBe("EHOSTUNREACH");
  });

  it("shows each frame once to who observes it, until that is ended", async () => {
    const lan = neighbors(HOSTS);
    const seen: string[] = [];
    const end = lan.observe(({ port }: Sighting) => seen.push(port));
    await connect(lan, "alice", "bob:7");
    // ARP both ways, a SYN and its refusal.
    expect(seen).toEqual(["alice", "bob", "alice", "bob"]);
    end();
    await connect(lan, "alice", "bob:7");
    expect(seen).toHaveLength(4);
  });

  it("loses frames at the rate that it is told, broadcasts too", async () => {
    const lan = neighbors(HOSTS, { loss: 0.5, seed: 3 });
    const fates: boolean[] = [];
    lan.observe(({ comment }) => fates.push(comment !== undefined));
    for (let i = 0; i < 100; i++) await connect(lan, "alice", "bob:7");
    const lost = fates.filter((isLost) => isLost).length;
    expect(lost / fates.length).toBeGreaterThan(0.4);
    expect(lost / fates.length).toBeLessThan(0.6);
  });
});
