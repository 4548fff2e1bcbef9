import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";

const ROOT = path.join(__dirname, "..", "..");
const DOCS = path.join(ROOT, "docs");
const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");

const page = read("docs/porting.md");

/** The types of `src/host` that a file imports. */
function hostTypesOf(file: string): string[] {
  const [, names = ""] = /import \{([^}]*)\} from "[./]+host\/index\.js"/.exec(read(file)) ?? [];
  return [...names.matchAll(/\btype (\w+)|\b([A-Z]\w+)\b/g)].map(([, type, name]) => (type ?? name)!);
}

describe("docs/porting.md", () => {
  it("asks for all that the firmware asks of its host", () => {
    const options = /export interface DeviceOptions \{[^]*?\n\}/.exec(read("src/device/device.ts"))![0];
    const asked = hostTypesOf("src/device/device.ts").filter((name) =>
      new RegExp(`: ${name};`).test(options),
    );
    expect(asked).toContain("Timers");
    expect(asked.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it("names files that there are", () => {
    const named = [...page.matchAll(/`((?:src|hosts|tests|examples)\/[\w./-]*)`/g)].map(([, file]) => file!);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it.each([
    "porting.md",
    "esp32.md",
    "native-link.md",
    "moddable-apps.md",
    "screen.md",
    "decisions/setup-mode.md",
    "decisions/wifi-diagnosis.md",
  ])("is linked as %s is: to what exists", (name) => {
    const links = [...read(`docs/${name}`).matchAll(/\]\((?!https?:)([^)#]*)(?:#([\w-]+))?\)/g)];
    const broken = links.filter(([, file, anchor]) => {
      const target = file === "" ? path.join(DOCS, name) : path.join(DOCS, path.dirname(name), file!);
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

/** As GitHub makes them of headings. */
function anchorsOf(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}
