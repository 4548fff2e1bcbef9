const transform = {
  "^.+\\.ts$": [
    "@swc/jest",
    { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
  ],
};

/** A suite of `npm test`: the tests under some folders. */
function suite(displayName, roots, more = {}) {
  return {
    displayName,
    roots: roots.map((folder) => `<rootDir>/tests/${folder}`),
    testEnvironment: "node",
    testMatch: ["**/*.test.ts"],
    modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/tests/xs/node_modules/"],
    transform,
    // Sources name modules with ".js", as Node's ESM and XS need it; the file beside is TypeScript.
    moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
    ...more,
  };
}

/** @type {import("jest").Config} */
module.exports = {
  projects: [
    suite("unit", ["address", "wire", "stack", "dhcp", "http", "device", "hosts", "simulator", "project"]),
    suite("interop", ["interop"]),
    suite("package", ["package"]),
    suite("xs", ["xs"]),
  ],
};
