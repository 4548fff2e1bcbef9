import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import { bootCrowd } from "../dhcp/scenes/crowd.js";
import { addServer, bootTwins, flap, leaseOne, talk } from "../dhcp/scenes/links.js";
import { runThrough } from "../dhcp/scenes/outages.js";
import { bootWithRogue } from "../dhcp/scenes/rogue.js";
import { leaseFromTwo, renumber } from "../dhcp/scenes/servers.js";
import { DAY, HOUR, MINUTE, SECOND, type SiteOptions } from "../dhcp/scenes/site.js";
import { PATIENCE } from "../support/program.js";
import { describeWithTool } from "../support/tools.js";
import { faultyFrames, readCapture } from "../support/tshark.js";

jest.setTimeout(2 * PATIENCE);

/** Outages of three kinds, as `runThrough` makes them, a short and a long one of each. */
const OUTAGES = Array.from({ length: 6 }, (_, index) => ({
  from: (index + 1) * 3 * HOUR,
  to: (index + 1) * 3 * HOUR + (index < 3 ? 20 * SECOND : HOUR),
}));

/** Each scene, and what must be among its DHCP messages. */
const SCENES: readonly [name: string, play: (options: SiteOptions) => void, messages: readonly string[]][] = [
  [
    "fifty clients at once",
    (options) => void bootCrowd(50, options),
    ["Discover", "Offer", "Request", "ACK"],
  ],
  [
    "a day of outages",
    (options) => void runThrough({ ...options, leaseSeconds: 60, duration: DAY, outages: OUTAGES }),
    ["Discover", "Request", "ACK"],
  ],
  ["a network that is renumbered", (options) => void renumber(false, options), ["NAK"]],
  ["two servers", (options) => void leaseFromTwo((offers) => offers[1], options), ["Offer"]],
  [
    "a link that flaps, and a reboot",
    (options) => {
      const leased = leaseOne(options);
      flap(leased, 20, 4 * SECOND);
      leased.client.reboot();
      leased.site.run(MINUTE);
      leased.client.client.stop();
      leased.site.run(SECOND);
    },
    ["Request", "ACK", "Release"],
  ],
  [
    "link-local twins and a server",
    (options) => {
      const twins = bootTwins(MINUTE, options);
      talk(twins, 30);
      addServer(twins);
    },
    ["Discover", "ACK"],
  ],
  [
    "a rogue that says NAK",
    (options) => {
      const lan = bootWithRogue(() => [{ type: "NAK" }], options);
      lan.addServer();
      lan.site.run(10 * MINUTE);
    },
    ["NAK", "ACK"],
  ],
];

describeWithTool("tshark", "captures of simulated DHCP", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "wirelet-dhcp-"));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(SCENES)("of %s: tshark has nothing to complain of", async (name, play, messages) => {
    const blocks: Uint8Array[] = [];
    play({ capture: (block) => blocks.push(block) });
    const file = join(folder, `${name}.pcapng`);
    writeFileSync(file, Buffer.concat(blocks));
    const frames = await readCapture(file);
    const dhcp = frames.filter(({ protocols }) => protocols.includes("dhcp"));
    expect(faultyFrames(frames)).toEqual([]);
    for (const message of messages)
      expect(dhcp.filter(({ info }) => info.startsWith(`DHCP ${message} `)).length).toBeGreaterThan(0);
  });
});
