import { beforeAll, describe, expect, it } from "@jest/globals";
import { GeneratedPage, IS_UPDATE, markdownTable } from "../support/generated-page.js";
import { describeWith } from "../support/tools.js";
import { requireXs } from "./engine.js";
import { expectClose } from "./figures.js";
import { FEATURES, filesOfNoFeature, measureCode } from "./firmware/code-size.js";

const page = new GeneratedPage("footprint.md", "code");

describe("the features that footprint.md tells the code of", () => {
  it("have every module that an app can have", () => {
    expect(filesOfNoFeature()).toEqual([]);
  });
});

describeWith([requireXs()], "the code of each feature, compiled by XS", () => {
  let table: string;

  beforeAll(async () => {
    const sizes = await measureCode();
    const rows = FEATURES.map(({ name }) => {
      const { bytecode, slots, minified } = sizes.get(name)!;
      return [name, bytecode, slots, minified];
    });
    table = markdownTable(["feature", "bytes of bytecode", "slots", "bytes minified"], rows);
  });

  it("is what docs/footprint.md says, within a tenth", () => {
    if (IS_UPDATE) page.write(table);
    expectClose(table, page.read());
  });
});
