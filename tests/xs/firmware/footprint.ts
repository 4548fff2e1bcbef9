import { MAX_PAGE_HEAD } from "../../../src/device/index.js";
import type { Heap } from "../heap.js";
import type { Answer, Tab } from "../lan.js";
import { BUILDS, Firmware, type BuildName } from "./boot.js";

/** What a step takes: of the heap after a collection, and of work. */
export interface Step extends Partial<Heap> {
  readonly name: string;
  readonly computrons?: number;
}

// The heap of a step is all that there is beyond the code, but for IDLE, which has what it adds.
export const BOOTED = "booted, nobody connected";
export const IDLE = "one more connection, kept alive";
export const STATUS = "`GET /api/status` on it";
export const PAGE = "`GET /` on it";
export const PEAK = "five connections, one in `GET /`";
export const HEADS = "five connections, each with a head of 2 KiB, then all answered";
export const MANY = "200 of `GET /api/status` on one connection, afterwards";
export const LOST = "Wi-Fi lost for 90 s and back, afterwards";
export const UNPLUGGED = "the cable out for 90 s and back, afterwards";
export const RENEWED = "65 minutes with a renewal of the lease, afterwards";
export const GONE = "the DHCP server gone, with an address of its own choice";
export const LONGEST = "the longest turn of all";

/** The builds that are measured; the others take nothing that these do not. */
export const MEASURED = Object.freeze([
  "ESP32, dhcp=own",
  "ESP32, dhcp=platform",
  "ESP32, static=",
  "ESP32 with Ethernet, dhcp=own",
  "the desktop simulator",
] as const satisfies readonly BuildName[]);

/** In set-up mode. */
export const WAITING = "its access point is there, nobody connected";
export const PHONES = "five connections, one in `GET /`, then in the form";

const CONNECTIONS = 5;

/** What browsers send with each request. */
const FIELDS = [
  "Host: 192.168.7.100",
  "Connection: keep-alive",
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
  "Accept: */*",
  "Referer: http://192.168.7.100/",
  "Accept-Encoding: gzip, deflate",
  "Accept-Language: en-US,en;q=0.9,de;q=0.8",
].join("\r\n");

/** Runs the firmware from power-on, and measures it on its way. */
export async function measureFirmware(name: BuildName): Promise<readonly Step[]> {
  const firmware = await Firmware.start(BUILDS[name]);
  try {
    const steps = await measureSteps(firmware, name);
    return [...steps, { name: LONGEST, computrons: firmware.chip.totals.longestTurn }];
  } finally {
    await firmware.stop();
  }
}

async function measureSteps(firmware: Firmware, name: BuildName): Promise<readonly Step[]> {
  const { simulation } = firmware.lan;
  const steps: Step[] = [];
  const add = async (step: string, computrons?: number): Promise<void> => {
    steps.push({ name: step, ...(await firmware.heap()), ...(computrons !== undefined && { computrons }) });
  };
  await firmware.serving();
  await simulation.runFor("60s");
  await add(BOOTED, firmware.chip.totals.compute);

  const tabs = [await firmware.connect()];
  await get(tabs[0]!, "/");
  // What the first connection brings into being for all that follow is not the second's.
  const before = await firmware.heap();
  const accepted = await firmware.compute(async () => {
    tabs.push(await firmware.connect());
    await simulation.runFor("1s");
  });
  const statusWork = await firmware.compute(() => get(tabs[1]!, "/api/status"));
  const pageWork = await firmware.compute(() => get(tabs[1]!, "/"));
  const { slots, chunkBytes } = await firmware.heap();
  steps.push({
    name: IDLE,
    slots: slots - before.slots,
    chunkBytes: chunkBytes - before.chunkBytes,
    computrons: accepted,
  });
  steps.push({ name: STATUS, computrons: statusWork }, { name: PAGE, computrons: pageWork });

  while (tabs.length < CONNECTIONS) {
    const tab = await firmware.connect();
    await get(tab, "/");
    tabs.push(tab);
  }
  const inPieces = (): Promise<unknown> => get(tabs[0]!, "/", 100);
  steps.push({ name: PEAK, ...(await firmware.peak(inPieces)) });
  for (const tab of tabs.slice(1)) await tab.close();
  const work = await firmware.compute(async () => {
    for (let count = 0; count < 200; count++) await get(tabs[0]!, "/api/status");
  });
  await tabs[0]!.close();
  await add(MANY, work);

  const { station, port } = firmware.chip;
  if (station !== undefined) {
    const reconnecting = await firmware.compute(async () => {
      station.lose();
      await simulation.runFor("90s");
      station.find();
      await simulation.runFor("2m");
    });
    await add(LOST, reconnecting);
  }
  if (port !== undefined) {
    const relinking = await firmware.compute(async () => {
      port.unplug();
      await simulation.runFor("90s");
      port.plug();
      await simulation.runFor("2m");
    });
    await add(UNPLUGGED, relinking);
  }
  if (name !== "ESP32, dhcp=own") return steps;

  await add(RENEWED, await firmware.compute(() => simulation.runFor("65m")));
  firmware.lan.server.stop();
  const isAlone = (): boolean => firmware.address?.startsWith("169.254.") === true;
  const alone = await firmware.compute(() => simulation.until(isAlone, { within: "3h" }));
  await simulation.runFor("10s");
  await add(GONE, alone);
  return steps;
}

/**
 * As a browser asks for it.
 *
 * @param piece bytes of the request that are sent at a time; the next after 20 ms
 * @throws Error for another status than 200
 */
export async function get(tab: Tab, path: string, piece = Infinity): Promise<Answer> {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\n${FIELDS}\r\n\r\n`);
  for (let sent = 0; sent < request.length; sent += piece) {
    await tab.send(request.subarray(sent, sent + piece));
    if (piece < request.length) await tab.rest(20);
  }
  const answer = await tab.answer("GET");
  if (answer.status !== 200) throw new Error(`${path} is answered with ${answer.status}`);
  return answer;
}

/** The same of the firmware while five clients send heads that are as long as they may be. */
export async function measureHeads(name: BuildName): Promise<readonly Step[]> {
  const firmware = await Firmware.start(BUILDS[name]);
  try {
    await firmware.serving();
    const tabs: Tab[] = [];
    while (tabs.length < CONNECTIONS) tabs.push(await firmware.connect());
    return [{ name: HEADS, ...(await firmware.peak(() => getWithLongHeads(tabs))) }];
  } finally {
    await firmware.stop();
  }
}

/** All heads are there but for their last line end before the first is answered. */
async function getWithLongHeads(tabs: readonly Tab[]): Promise<void> {
  const start = `GET / HTTP/1.1\r\n${FIELDS}\r\nCookie: `;
  const end = "\r\n\r\n";
  const head = Buffer.from(start.padEnd(MAX_PAGE_HEAD - end.length, "x") + end);
  for (const tab of tabs) await tab.send(head.subarray(0, -2));
  await tabs[0]!.rest(1_000);
  for (const tab of tabs) await tab.send(head.subarray(-2));
  for (const tab of tabs) await tab.answer("GET");
}

/** The same of a device without a network: it is an access point, and serves the page to choose one. */
export async function measureSetup(): Promise<readonly Step[]> {
  const firmware = await Firmware.start({ platform: "esp32", settings: {} });
  try {
    const { lan, chip } = firmware;
    await lan.simulation.until(() => chip.accessPoint !== undefined, { within: "10m" });
    await lan.simulation.runFor("10s");
    const waiting = await firmware.heap();
    const phone = lan.addHost("phone", "192.168.4.2");
    const tabs: Tab[] = [];
    const use = async (): Promise<void> => {
      while (tabs.length < CONNECTIONS) {
        const tab = await firmware.connect(phone);
        await tab.request("GET", "/");
        tabs.push(tab);
      }
      const { body } = await tabs[0]!.request("GET", "/");
      const [, token = ""] = /name="token" value="([^"]*)"/.exec(body) ?? [];
      const form = `ssid=home&password=${"x".repeat(63)}&token=${token}`;
      const fields = `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}`;
      await tabs[0]!.send(
        Buffer.from(`POST /network HTTP/1.1\r\nHost: 192.168.4.1\r\n${fields}\r\n\r\n${form}`),
      );
      const { status } = await tabs[0]!.answer("POST");
      if (status !== 200) throw new Error(`the form is answered with ${status}`);
    };
    return [
      { name: WAITING, ...waiting },
      { name: PHONES, ...(await firmware.peak(use)) },
    ];
  } finally {
    await firmware.stop();
  }
}

export const LARGE_PAGE = "during a page of 100 KiB";
export const LARGE_UPLOAD = "during an upload of 100 KiB";

const LARGE = 100 * 1024;

/** The same of an app that gives a page and takes an upload that are larger than a device's memory, on ESP32. */
export async function measureTransfers(): Promise<readonly Step[]> {
  const firmware = await Firmware.start({ platform: "esp32", settings: {}, main: "transfer-main.ts" });
  try {
    // Its listener waits until there is a network.
    firmware.chip.plug();
    await firmware.lan.simulation.runFor("10s");
    const tab = await firmware.connect();
    // What the first of each brings into being is there for good.
    await get(tab, "/large");
    const page = await peakOf(firmware, () => get(tab, "/large"));
    await upload(tab);
    const taken = await peakOf(firmware, () => upload(tab));
    return [
      { name: LARGE_PAGE, ...page },
      { name: LARGE_UPLOAD, ...taken },
    ];
  } finally {
    await firmware.stop();
  }
}

async function peakOf(firmware: Firmware, work: () => Promise<unknown>): Promise<Omit<Step, "name">> {
  const computrons = await firmware.compute(work);
  return { ...(await firmware.peak(work)), computrons };
}

async function upload(tab: Tab): Promise<void> {
  const { body } = await tab.request("POST", "/upload", Buffer.alloc(LARGE));
  if (body !== `{"length":${LARGE}}`) throw new Error(`the upload is answered with ${body}`);
}
