import type { Io } from "../../../src/host/index.js";
import type { Lan, ExploreScenario } from "../../../simulator/index.js";

const SERVER = "10.0.0.1";
const PORT = 7;
/** Increments that the client asks for, one a second. */
const INCREMENTS = 5;

interface Counter {
  count: number;
}

/** Counts each request, and says so. It does not notice that it has had one before: the mistake to be found. */
function server(io: Io, app: Counter): void {
  const socket = new io.UDP({
    port: PORT,
    onReadable() {
      for (let bytes = socket.read(); bytes !== undefined; bytes = socket.read()) {
        app.count++;
        socket.write(bytes, bytes.address, bytes.port);
      }
    },
  });
}

/** A counter that is incremented over the network: each request is repeated until it is answered. */
export const counter: ExploreScenario = async (lan, schedule) => {
  const app: Counter = { count: 0 };
  lan.host("server", { address: `${SERVER}/24`, app: ({ stack }) => server(stack.io, app) });
  let answered = 0;
  lan.host("client", {
    address: "10.0.0.2/24",
    app: ({ stack, timers }) => {
      const socket = new stack.io.UDP({
        onReadable() {
          while (socket.read() !== undefined) {
            timers.clear(retry);
            if (++answered < INCREMENTS) retry = timers.set(ask, 1_000);
          }
        },
      });
      const ask = (): void => {
        socket.write(Uint8Array.of(1), SERVER, PORT);
        retry = timers.set(ask, 2_000);
      };
      let retry = timers.set(ask, 0);
    },
  });
  lan.schedule(schedule);
  await lan.until(() => answered >= INCREMENTS, { within: "10m" });
  if (app.count !== INCREMENTS) throw new Error(`the server counts ${app.count} instead of ${INCREMENTS}`);
};

export default counter;

/** Never ends, in real time, with every third seed. */
export const hanging: ExploreScenario = (lan, schedule) => {
  lan.host("host");
  lan.schedule(schedule);
  while (lan.seed % 3 === 0);
};

let runs = 0;

/** Another run each time. */
export const forgetful: ExploreScenario = (lan: Lan, schedule) => {
  lan.host("host");
  lan.schedule(schedule);
  lan.tell("host", { topic: "log", text: `run ${++runs}` });
};

/** Does not do what a scenario must. */
export const deaf: ExploreScenario = () => undefined;

/** Leaves a promise to fail with nobody to hear it. */
export const careless: ExploreScenario = async (lan, schedule) => {
  lan.host("host");
  lan.schedule(schedule);
  void Promise.reject(new Error("nobody hears this"));
  await lan.runFor("1s");
};
