const transform = {
  "^.+\\.ts$": [
    "@swc/jest",
    { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
  ],
};

/**
 * Jest runs tests in a context of their own, in which each use of a global costs some 165 ns instead of 4 (measured: Node 20).
 * These are what stack and simulator use for each packet: handed to the modules, they make the simulations 3 times faster.
 */
const HOT_GLOBALS = [
  "Array",
  "ArrayBuffer",
  "DataView",
  "Infinity",
  "Map",
  "Math",
  "Number",
  "Set",
  "Uint8Array",
];

/** A suite of `npm test`: the tests in some folders of tests/. */
function suite(displayName, folders) {
  return {
    displayName,
    roots: ["<rootDir>/tests"],
    testEnvironment: "node",
    testMatch: folders.map((folder) => `<rootDir>/tests/${folder}/**/*.test.ts`),
    modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/tests/xs/node_modules/"],
    transform,
    sandboxInjectedGlobals: HOT_GLOBALS,
    // Sources name modules with ".js", as Node's ESM and XS need it; the file beside is TypeScript.
    // What runs on Moddable names the rooms as its manifest does.
    moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1", "^wirelet/(.*)$": "<rootDir>/src/$1" },
  };
}

/** Tests as users of the package write them, with the preset; here the package is its sources. */
const preset = {
  displayName: "preset",
  preset: "./jest-preset.js",
  roots: ["<rootDir>/tests/preset"],
  moduleNameMapper: {
    "^wirelet/simulator$": "<rootDir>/simulator/index",
    "^wirelet/([^/]*)$": "<rootDir>/src/$1/index",
  },
};

/** @type {import("jest").Config} */
module.exports = {
  // Tests that run side by side mostly wait, for timers of a protocol.
  maxConcurrency: 64,
  // On a busy machine a simulation of minutes may take some; only what hangs shall fail.
  testTimeout: 60_000,
  projects: [
    suite("unit", [
      "address",
      "host",
      "wire",
      "stack",
      "dhcp",
      "http",
      "socket",
      "device",
      "simulator",
      "conformance",
    ]),
    suite("node", ["hosts", "project", "examples"]),
    suite("interop", ["interop"]),
    preset,
    suite("package", ["package"]),
    suite("xs", ["xs"]),
  ],
};
