/** Runs the project's TypeScript in this process: ts-node in CommonJS mode (its ESM loader fails on Node 20), with swc. */
import { createRequire } from "node:module";
import path from "node:path";
import { installed, requireNode, root } from "./install.mjs";

/** Loads a file of the project, named from its root. */
export function run(file) {
  requireNode();
  if (!installed()) process.exit(1);
  process.env.TS_NODE_PROJECT = path.join(root, "tsconfig.json");
  const require = createRequire(import.meta.url);
  require("ts-node/register");
  require("./rooms.cjs");
  return require(path.join(root, file));
}
