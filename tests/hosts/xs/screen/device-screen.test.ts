import { describe, expect, it } from "@jest/globals";
import { contentsOf, type Contents } from "../../../../hosts/xs/screen/contents.js";
import { MAX_TEXT, QUIET_ZONE, type QrCode } from "../../../../hosts/xs/screen/canvas.js";
import { DeviceScreen } from "../../../../hosts/xs/screen/device-screen.js";
import { layOut } from "../../../../hosts/xs/screen/layout.js";
import { FONTS, RecordingRenderer } from "./recording-renderer.js";

const CONTENTS: Contents = {
  hostName: "wirelet-3c4d5e",
  address: "192.168.1.20",
  mac: "02:00:5e:3c:4d:5e",
  dhcp: "BOUND",
  requests: "7",
  url: "http://192.168.1.20/",
};

/** Modules a side, as versions 2 and 3 have them for texts of up to 26 and 42 bytes. */
function encode(text: string): QrCode {
  const size = text.length <= 26 ? 25 : 29;
  return Object.assign(new ArrayBuffer(size * size), { size });
}

function screenOf(width = 320, height = 240): { renderer: RecordingRenderer; screen: DeviceScreen } {
  const renderer = new RecordingRenderer(width, height);
  return { renderer, screen: new DeviceScreen({ renderer, fonts: FONTS, encode }) };
}

describe.each([
  [320, 240],
  [240, 320],
])("on %i x %i pixels", (width, height) => {
  it("the first time all is drawn", () => {
    const { renderer, screen } = screenOf(width, height);
    screen.show(CONTENTS);
    const texts = renderer.drawings.flatMap(({ text = [] }) => text);
    const { hostName, address, mac, dhcp, requests } = CONTENTS;
    expect(texts).toEqual(["MAC", "DHCP", "Requests", hostName, address, mac, dhcp, requests]);
    expect(renderer.drawings.filter(({ code }) => code !== undefined)).toHaveLength(1);
  });

  it("the same again draws nothing", () => {
    const { renderer, screen } = screenOf(width, height);
    screen.show(CONTENTS);
    renderer.take();
    screen.show({ ...CONTENTS });
    expect(renderer.drawings).toEqual([]);
  });

  it.each(["hostName", "address", "mac", "dhcp", "requests"] as const)(
    "of a change in %s only that is drawn",
    (name) => {
      const { renderer, screen } = screenOf(width, height);
      screen.show(CONTENTS);
      renderer.take();
      screen.show({ ...CONTENTS, [name]: "other" });
      const { area, background } = layOut(width, height)[name];
      expect(renderer.drawings).toEqual([{ area, background, text: "other" }]);
    },
  );

  it.each(["http://10.0.0.7/", "http://255.255.255.255:65535/"])(
    "the code of %s keeps its quiet zone",
    (url) => {
      const { renderer, screen } = screenOf(width, height);
      screen.show({ ...CONTENTS, url: "" });
      renderer.take();
      screen.show({ ...CONTENTS, url });
      const [{ area, background, code }] = renderer.take() as [Required<(typeof renderer.drawings)[0]>];
      const scale = code.width / encode(url).size;
      expect([background, Number.isInteger(scale)]).toEqual([0xffffff, true]);
      const room = [code.x - area.x, code.y - area.y, area.x + area.width - code.x - code.width];
      expect(Math.min(...room)).toBeGreaterThanOrEqual(QUIET_ZONE * scale);
    },
  );
});

it("without an address the code is wiped off", () => {
  const { renderer, screen } = screenOf();
  screen.show(CONTENTS);
  renderer.take();
  screen.show({ ...CONTENTS, url: "" });
  const { area, color } = layOut(320, 240).code;
  expect(renderer.drawings).toEqual([{ area, background: color }]);
});

it.each([
  ["what is too wide", "x".repeat(39)],
  ["what has too many characters", "i".repeat(63)],
])("%s ends with dots", (_, hostName) => {
  const { renderer, screen } = screenOf();
  screen.show({ ...CONTENTS, hostName });
  const text = renderer.drawings
    .map((drawing) => drawing.text ?? "")
    .find((part) => part.startsWith(hostName[0]!))!;
  expect(text).toMatch(/^(x+|i+)\.\.$/);
  expect(text.length).toBeLessThanOrEqual(MAX_TEXT);
  expect(text.length).toBeGreaterThan(35);
});

describe("what is shown of a status", () => {
  const status = {
    mac: "02:00:5E:3C:4D:5E",
    ip: "192.168.1.20",
    hostname: "wirelet-3c4d5e",
    requestsServed: 7,
    dhcp: { state: "BOUND", source: "dhcp" },
  } as Parameters<typeof contentsOf>[0];

  it("is text", () => {
    expect(contentsOf(status, 80)).toEqual(CONTENTS);
  });

  it.each([
    ["another port is in the URL", { ip: "10.0.0.7" }, 8080, { url: "http://10.0.0.7:8080/" }],
    ["no address, no URL", { ip: null }, 80, { address: "no address", url: "" }],
    ["no server yet, no URL", {}, 0, { address: "192.168.1.20", url: "" }],
    ["a static address", { dhcp: { state: null, source: "static" } }, 80, { dhcp: "static" }],
    ["the platform's address", { dhcp: { state: null, source: null } }, 80, { dhcp: "by the platform" }],
    [
      "a link-local address",
      { dhcp: { state: "SELECTING", source: "link-local" } },
      80,
      { dhcp: "link-local" },
    ],
  ])("%s", (_, change, port, expected) => {
    expect(contentsOf({ ...status, ...change } as typeof status, port)).toMatchObject(expected);
  });
});
