/**
 * ts-node does not follow tsconfig.json's paths. Sources that users copy, or that run on Moddable, name the rooms as those do,
 * "wirelet/socket" or "wirelet/host/index": here that is src/, not a package that was built.
 */
const Module = require("node:module");
const path = require("node:path");

const SOURCES = path.join(path.dirname(module.filename), "..", "src");
const resolve = Module._resolveFilename;

Module._resolveFilename = (request, ...rest) => {
  const [, room, file = "/index"] = /^wirelet\/([a-z]+)(\/.+)?$/.exec(request) ?? [];
  return resolve(room === undefined ? request : path.join(SOURCES, room + file), ...rest);
};
