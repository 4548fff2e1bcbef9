// For programs that run under ts-node, which does not follow tsconfig.json's paths: what runs on Moddable, too, names the
// rooms as its manifest does ("wirelet/host/index").
const Module = require("node:module");
const path = require("node:path");

const SOURCES = path.join(path.dirname(module.filename), "../../src");
const resolve = Module._resolveFilename;

Module._resolveFilename = (request, ...rest) =>
  resolve(request.replace(/^wirelet\//, `${SOURCES}/`), ...rest);
