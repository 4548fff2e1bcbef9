/** `npm run build`: the package as npm publishes it, ESM and types, in dist/. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { installed, requireNode, root } from "./install.mjs";

requireNode();
if (!installed()) process.exit(1);
const dist = path.join(root, "dist");
rmSync(dist, { recursive: true, force: true });
const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
const { status } = spawnSync(process.execPath, [tsc, "-p", path.join(root, "tsconfig.build.json")], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
// The sources run as CommonJS under ts-node and jest; what is published is ESM. The examples in it import the package's own
// rooms by name, as its users do: `wirelet/socket`.
const { name, exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const own = JSON.stringify({ name, type: "module", exports }).replaceAll('"./dist/', '"./');
writeFileSync(path.join(dist, "package.json"), `${own}\n`);
chmodSync(path.join(dist, "hosts", "node", "cli", "bin.js"), 0o755);

// The dashboard's page is for browsers: one file of its script and one of its style.
const dashboard = path.join("simulator", "dashboard");
const { bundlePage } = await import(pathToFileURL(path.join(dist, dashboard, "server", "bundle.js")));
const { script, style } = await bundlePage(path.join(root, dashboard, "page"));
const page = path.join(dist, dashboard, "page");
mkdirSync(page, { recursive: true });
writeFileSync(path.join(page, "page.js"), script);
writeFileSync(path.join(page, "page.css"), style);

// Scenarios are YAML, which the compiler leaves behind.
const scenarios = path.join("simulator", "scenarios");
for (const file of readdirSync(path.join(root, scenarios)).filter((name) => name.endsWith(".yaml")))
  copyFileSync(path.join(root, scenarios, file), path.join(dist, scenarios, file));
