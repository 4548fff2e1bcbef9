/** jest's transformer for tests and for this package: TypeScript and ECMAScript modules become CommonJS, by swc. */
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");

function swc() {
  try {
    return require("@swc/core");
  } catch (cause) {
    const advice = 'npm install --save-dev "@swc/core"';
    throw new Error(`the jest preset of wirelet needs @swc/core, which is not installed: ${advice}`, {
      cause,
    });
  }
}

module.exports = {
  process(source, file) {
    const syntax = /\.[cm]?ts$/.test(file) ? "typescript" : "ecmascript";
    return swc().transformSync(source, {
      filename: file,
      sourceMaps: "inline",
      swcrc: false,
      configFile: false,
      jsc: {
        parser: { syntax },
        target: "es2022",
        // Calls of jest.mock are to come before the imports.
        transform: { hidden: { jest: true } },
      },
      module: { type: "commonjs" },
    });
  },

  getCacheKey(source, file, { instrument }) {
    const parts = [readFileSync(__filename), swc().version, file, String(instrument), source];
    return createHash("sha256").update(parts.join("\0")).digest("hex");
  },
};
