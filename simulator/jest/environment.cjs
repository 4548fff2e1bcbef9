/**
 * jest's environment for Node, and besides: when a test fails, its error tells of each Lan that the test has made.
 */
const instrumenter = require("./coverage.cjs");
const { TestEnvironment } = require("./packages.cjs").nodeEnvironment();

/** Where a Lan says that it is there: see simulator/lan/evidence.ts. */
const LAN_LISTENER = Symbol.for("wirelet.lan");

/** Where the modules of apps get their counters: see simulator/moddable/build/compile.ts. */
const INSTRUMENTER = Symbol.for("wirelet.instrumenter");

module.exports = class extends TestEnvironment {
  /** The Lans that were made outside of tests, and those of the test that runs. */
  #lasting = [];
  #ofTest = [];
  #isInTest = false;
  #config;

  constructor(config, context) {
    super(config, context);
    this.#config = config;
  }

  async setup() {
    await super.setup();
    this.global[LAN_LISTENER] = (lan) => (this.#isInTest ? this.#ofTest : this.#lasting).push(lan);
    const instrument = instrumenter(this.#config);
    if (instrument === undefined) return;
    this.global[INSTRUMENTER] = instrument;
    this.global.__coverage__ = {};
  }

  handleTestEvent({ name, test }) {
    if (name === "test_start") {
      this.#ofTest = [];
      this.#isInTest = true;
    } else if (name === "test_done") {
      this.#isInTest = false;
      const [failure] = test.errors;
      if (failure !== undefined) this.#append(failure);
      this.#ofTest = [];
    }
  }

  /** @param failure what was thrown; a list has the place of the test behind it */
  #append(failure) {
    const lans = [...this.#lasting, ...this.#ofTest];
    const error = Array.isArray(failure) ? failure[0] : failure;
    if (lans.length === 0 || typeof error?.stack !== "string") return;
    // A Lan whose own error it is has said it.
    const told = lans
      .map((lan) => lan.evidence())
      .filter((text) => !error.stack.includes(text.split("\n", 1)[0]));
    if (told.length === 0) return;
    const text = told.join("\n\n");
    // Before the frames, where it counts as a part of the message.
    const frames = error.stack.search(/\n\s+at /);
    const end = frames < 0 ? error.stack.length : frames;
    error.stack = `${error.stack.slice(0, end)}\n\n${text}\n${error.stack.slice(end)}`;
  }
};
