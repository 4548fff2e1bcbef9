/** With `--coverage`, apps on simulated hosts are counted as jest counts the modules of a test. */
const packages = require("./packages.cjs");

/**
 * @returns what puts counters into an ECMAScript module, whose results are in `__coverage__`, or returns undefined for a file
 * that is not to be counted; undefined if nothing is
 */
module.exports = function instrumenter({ globalConfig, projectConfig }) {
  // With V8's own counters, only what jest has loaded itself can be told.
  if (!globalConfig.collectCoverage || globalConfig.coverageProvider === "v8") return undefined;
  const { shouldInstrument } = packages.transform();
  const { createInstrumenter } = packages.instrument();
  return (code, file, map) => {
    if (!shouldInstrument(file, { ...globalConfig, changedFiles: undefined }, projectConfig))
      return undefined;
    const instrumenter = createInstrumenter({ esModules: true, produceSourceMap: true, compact: false });
    const counted = instrumenter.instrumentSync(code, file, map && JSON.parse(map));
    return { code: counted, map: JSON.stringify(instrumenter.lastSourceMap()) };
  };
};
