/**
 * What jest needs for tests with simulated networks: `preset: "wirelet"` in the configuration of a project that has jest and
 * @swc/core. See docs/testing-moddable-apps.md.
 */
const path = require("node:path");

/** @type {import("jest").Config} */
module.exports = {
  transform: { "\\.[cm]?[jt]s$": path.join(__dirname, "simulator", "jest", "transform.cjs") },
  // This package is ECMAScript modules, which jest runs after they were transformed.
  transformIgnorePatterns: ["/node_modules/(?!wirelet/)", "\\.pnp\\.[^\\\\/]+$"],
  testEnvironment: path.join(__dirname, "simulator", "jest", "environment.cjs"),
  testMatch: ["**/?(*.)+(spec|test).[jt]s"],
  // TypeScript's imports may end in ".js".
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": ["$1.js", "$1.ts", "$1"] },
  // Each use of a global costs some 165 ns in a test's context instead of 4 (measured: Node 20). These are what the stack uses for
  // each packet: handed to the modules, they make simulations 3 times faster.
  sandboxInjectedGlobals: [
    "Array",
    "ArrayBuffer",
    "DataView",
    "Infinity",
    "Map",
    "Math",
    "Number",
    "Set",
    "Uint8Array",
  ],
};
