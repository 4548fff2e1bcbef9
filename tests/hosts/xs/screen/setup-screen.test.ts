import { describe, expect, it } from "@jest/globals";
import { QUIET_ZONE, type QrCode } from "../../../../hosts/xs/screen/canvas.js";
import { joiningText, type SetupContents } from "../../../../hosts/xs/screen/setup-contents.js";
import { layOutSetup } from "../../../../hosts/xs/screen/setup-layout.js";
import { SetupScreen } from "../../../../hosts/xs/screen/setup-screen.js";
import { check, FONTS, RecordingRenderer, type Drawing } from "./recording-renderer.js";

const OPEN: SetupContents = {
  ssid: "wirelet-3c4d5e",
  password: undefined,
  address: "192.168.4.1",
  hasVisitor: false,
};

/** Bytes that a QR code of each version holds, with medium error correction (ISO/IEC 18004, table 7). */
const CAPACITY = [14, 26, 42, 62, 84, 106, 122, 152, 180];

interface Shown {
  readonly drawings: readonly Drawing[];
  /** What the code says. */
  readonly coded: readonly string[];
  readonly texts: readonly string[];
}

function show(contents: SetupContents, width = 320, height = 240): Shown {
  const coded: string[] = [];
  const encode = (text: string): QrCode => {
    coded.push(text);
    const version = CAPACITY.findIndex((bytes) => Buffer.byteLength(text) <= bytes) + 1;
    expect(version).toBeGreaterThan(0);
    const size = 17 + 4 * version;
    return Object.assign(new ArrayBuffer(size * size), { size });
  };
  const renderer = new RecordingRenderer(width, height);
  new SetupScreen({ renderer, fonts: FONTS, encode }).show(contents);
  const { drawings } = renderer;
  return { drawings, coded, texts: drawings.flatMap(({ text = [] }) => text) };
}

describe("the text by which a phone joins a network", () => {
  it.each([
    ["wirelet-3c4d5e", undefined, "WIFI:T:nopass;S:wirelet-3c4d5e;;"],
    ["mynetwork", "mypass12", "WIFI:T:WPA;S:mynetwork;P:mypass12;;"],
    // ZXing's own example of what is escaped.
    ['"foo;bar\\baz"', undefined, 'WIFI:T:nopass;S:\\"foo\\;bar\\\\baz\\";;'],
    ["a,b:c", 'p:w;1,2"\\', 'WIFI:T:WPA;S:a\\,b\\:c;P:p\\:w\\;1\\,2\\"\\\\;;'],
    ["lamp", "let me in", "WIFI:T:WPA;S:lamp;P:let me in;;"],
  ])("%s with %s", (ssid, password, text) => {
    expect(joiningText(ssid, password)).toBe(text);
  });
});

describe.each([
  [320, 240],
  [240, 320],
  [480, 320],
  [320, 480],
  [320, 280],
])("set-up mode on %i x %i pixels", (width, height) => {
  const { panels, step, subject, subjectLines, notes, code } = layOutSetup(width, height);

  it("has all areas on one panel each, and none on another", () => {
    expect(panels.reduce((sum, { area }) => sum + area.width * area.height, 0)).toBe(width * height);
    for (const { area, background } of [
      step,
      subject,
      ...subjectLines,
      ...notes,
      { area: code.area, background: code.color },
    ]) {
      const below = panels.filter(({ color }) => color === background);
      expect(below).toHaveLength(1);
      expect(() => check(area, below[0]!.area)).not.toThrow();
    }
    const areas = [step, ...subjectLines, ...notes, code].map(({ area }) => area);
    for (const [index, one] of areas.entries())
      for (const other of areas.slice(index + 1))
        expect(
          one.x + one.width <= other.x ||
            other.x + other.width <= one.x ||
            one.y + one.height <= other.y ||
            other.y + other.height <= one.y,
        ).toBe(true);
  });

  it("tells to join the open access point, and then where the page is", () => {
    const { coded, texts } = show(OPEN, width, height);
    expect(texts).toEqual([
      "1. Join this Wi-Fi network",
      "wirelet-3c4d5e",
      "No password",
      "Page: 192.168.4.1",
    ]);
    expect(coded).toEqual(["WIFI:T:nopass;S:wirelet-3c4d5e;;"]);
  });

  it("tells the password", () => {
    const { coded, texts } = show({ ...OPEN, password: "let me in" }, width, height);
    expect(texts.slice(2).join("")).toBe("Password: let me inPage: 192.168.4.1");
    expect(coded).toEqual(["WIFI:T:WPA;S:wirelet-3c4d5e;P:let me in;;"]);
  });

  it("tells to open the page to who has joined", () => {
    const { coded, texts } = show({ ...OPEN, hasVisitor: true }, width, height);
    expect(texts).toEqual(["2. Open this page", "192.168.4.1", "Choose your", "network there."]);
    expect(coded).toEqual(["http://192.168.4.1/"]);
  });

  it("has the longest name and password whole, and a code of two pixels a module or more", () => {
    const ssid = "l".repeat(32);
    const password = ";".repeat(63);
    const { drawings, texts } = show({ ...OPEN, ssid, password }, width, height);
    expect(texts.filter((text) => text.endsWith(".."))).toEqual([]);
    expect(texts.join("")).toContain(`network${ssid}Password: ${password}Page`);
    const drawn = drawings.find((drawing) => drawing.code !== undefined)!;
    const scale = drawn.code!.width / (17 + 4 * CAPACITY.length);
    expect(scale).toBeGreaterThanOrEqual(2);
    expect(drawn.code!.x - drawn.area.x).toBeGreaterThanOrEqual(QUIET_ZONE * scale);
  });
});
