import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXAMPLES } from "../../examples/examples.js";
import { describeWithTool } from "../support/tools.js";
import { faultyFrames, readCapture } from "../support/tshark.js";
import { gist, storyOf } from "./support.js";

const NAMES = Object.keys(EXAMPLES);

describe("on a simulated LAN", () => {
  it("TCP echo shows both sides of a connection", async () => {
    expect(gist(await storyOf("tcp-echo"))).toEqual([
      "server: listening on port 7007",
      "client: connected to 192.168.1.10:7007, from 192.168.1.11:#",
      "server: 192.168.1.11:# has connected",
      'client: "Is anybody there?" came back after 4 ms',
      'client: "Grüße aus dem LAN! 👋" came back after 4 ms',
      "client: that was all",
      "server: 192.168.1.11:# is done; 42 bytes went back",
    ]);
  });

  it("UDP echo sends datagrams back", async () => {
    expect(gist(await storyOf("udp-echo"))).toEqual([
      "server: waiting for datagrams on port 7007",
      "server: 5 bytes from 192.168.1.11:#: back they go",
      // It took ARP both ways.
      'client: "one" came back after 8 ms',
      "server: 5 bytes from 192.168.1.11:#: back they go",
      'client: "two" came back after 4 ms',
      "server: 7 bytes from 192.168.1.11:#: back they go",
      'client: "three" came back after 4 ms',
    ]);
  });

  it("UDP echo asks again for what is lost", async () => {
    const story = gist(await storyOf("udp-echo", { seed: 3, loss: 0.3 }));
    expect(story).toContain("client: no answer to number 1 within 500 ms: once more");
    expect(story.filter((line) => line.includes("came back"))).toHaveLength(3);
  });

  it("everybody in the chat hears what the others say, and nothing of their own", async () => {
    const story = gist(await storyOf("chat"));
    expect(story.filter((line) => line.startsWith("bob: "))).toEqual([
      "bob: * welcome, Bob; in the room: Alice",
      "bob: Alice: Hello, everybody!",
      "bob: Alice: I have to go. Bye!",
      "bob: * Alice has left",
    ]);
    expect(story.filter((line) => line.startsWith("alice: "))).toEqual([
      "alice: * welcome, Alice; you are the first",
      "alice: * Bob has come in",
      "alice: Bob: Anybody here?",
      "alice: Bob: Hi Alice! 👋",
    ]);
    expect(story.slice(-2)).toEqual(["room: Bob: Just me, then.", "room: * Bob has left"]);
  });

  it("the port scanner finds each host and each open port", async () => {
    const story = gist(await storyOf("port-scan")).filter((line) => line.startsWith("scanner"));
    expect(story).toEqual([
      expect.stringContaining("looking at 192.168.1.0/24, 254 addresses, ports 22, 80"),
      "scanner: 192.168.1.10  all closed",
      "scanner: 192.168.1.11  8080 open  9100 open",
      "scanner: 192.168.1.12  1883 open",
      "scanner: 192.168.1.13  all closed",
      expect.stringMatching(/4 hosts found in \d+\.\d s$/),
    ]);
  });

  it("a broadcast finds every clock, and says how far it is ahead", async () => {
    const story = gist(await storyOf("time-of-day")).filter((line) => line.startsWith("client"));
    expect(story).toEqual([
      "client: to everybody at 192.168.1.255: What time is it?",
      "client: Kitchen at 192.168.1.10 says 2020-01-01T00:00:02.602Z, 2.498 s ahead of my clock",
      "client: Garage at 192.168.1.11 says 2019-12-31T23:58:59.102Z, 61.002 s behind my clock",
      "client: to everybody at 192.168.1.255: What time is it?",
      "client: to everybody at 192.168.1.255: What time is it?",
      "client: 2 clocks found",
    ]);
  });
});

describe.each(NAMES)("%s", (name) => {
  it("tells the same story for the same seed, and another for another one", async () => {
    const conditions = { seed: 7, loss: 0.1 };
    const story = await storyOf(name, conditions);
    expect(await storyOf(name, conditions)).toEqual(story);
    expect(await storyOf(name, { ...conditions, seed: 8 })).not.toEqual(story);
  });

  it.each([1, 2, 3])("comes to its end although frames are lost (seed %i)", async (seed) => {
    const story = await storyOf(name, { seed, loss: 0.2 });
    expect(story.length).toBeGreaterThan(3);
  });

  it("comes to its end on a slow LAN", async () => {
    expect((await storyOf(name, { latency: 100 })).length).toBeGreaterThan(3);
  });
});

describeWithTool("tshark", "the capture of an example", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "wirelet-examples-"));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(NAMES)("of %s has each frame once, and nothing that tshark complains of", async (name) => {
    const pcap = join(folder, `${name}.pcapng`);
    await storyOf(name, { pcap });
    const frames = await readCapture(pcap);
    expect(frames.length).toBeGreaterThan(5);
    expect(faultyFrames(frames)).toEqual([]);
    // A frame seen twice looks like a retransmission; TCP's own, of tails, are rare.
    const repeated = frames.filter(({ info }) => info.includes("Retransmission"));
    expect(repeated.length).toBeLessThan(frames.length / 10);
  });
});
