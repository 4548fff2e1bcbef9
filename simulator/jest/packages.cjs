/** Packages that jest has installed for itself, and that not all package managers let this one see. */
const { createRequire } = require("node:module");

/** @param {string[]} way packages, each of which depends on the next; the first is jest */
function requireAlong(...way) {
  const name = way.at(-1);
  let from = require;
  for (const next of way) {
    try {
      return from(name);
    } catch {
      from = createRequire(from.resolve(next));
    }
  }
  return from(name);
}

module.exports = {
  nodeEnvironment: () => requireAlong("jest", "jest-cli", "jest-config", "jest-environment-node"),
  transform: () => requireAlong("jest", "@jest/core", "@jest/transform"),
  instrument: () => requireAlong("jest", "@jest/core", "@jest/reporters", "istanbul-lib-instrument"),
};
