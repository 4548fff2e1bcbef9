// Compiles the XS engine that npm has unpacked beside this file; npm runs it at the end of `npm ci`. It takes make and
// a C compiler. Here and not in the package's own install script, because whether npm runs those depends on its
// version and settings, and because make then uses all cores: 20 s instead of 35.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

const xsnap = join(import.meta.dirname, "node_modules", "@agoric", "xsnap");
const platform = { linux: "lin", darwin: "mac" }[process.platform];
if (platform === undefined) fail(`it does not build on ${process.platform}`);

if (!existsSync(join(xsnap, "xsnap-native/xsnap/build/bin", platform, "release/xsnap-worker"))) {
  const { status, error, stdout, stderr } = spawnSync(process.execPath, ["src/build.js"], {
    cwd: xsnap,
    env: { ...process.env, MAKEFLAGS: `-j${availableParallelism()}` },
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) fail(error?.message ?? `${stdout}\n${stderr}`.trim().split("\n").slice(-20).join("\n"));
}

function fail(reason) {
  console.error(`The XS engine was not compiled; it takes make and a C compiler.\n${reason}`);
  process.exit(1);
}
