// Serves the dashboard of a LAN that the command has none of, until its standard input ends. Prints its port.
import { createServer } from "node:http";
import { Dashboard, Lan, Run, firmware, listenOnLoopback, portOf } from "../../../simulator/index.js";

const HOSTS = 100;
/** Ms between two datagrams of a host: 2,000 a second in all. */
const INTERVAL = 50;
const PORT = 5000;

/** Reports from many hosts to one. */
function busy(): Lan {
  const lan = new Lan({ seed: 1 });
  lan.host("collector", {
    address: "10.0.0.1/16",
    app: ({ stack }) =>
      new stack.io.UDP({
        port: PORT,
        onReadable() {
          while (this.read() !== undefined);
        },
      }),
  });
  for (let index = 1; index <= HOSTS; index++) {
    lan.host(`sensor ${index}`, {
      stack: "device",
      address: `10.0.1.${index}/16`,
      app: ({ stack, timers, random }) => {
        const socket = new stack.io.UDP({});
        const report = (): void => {
          socket.write(
            new TextEncoder().encode(`{"sensor":${index},"value":${random.below(1000)}}`),
            "10.0.0.1",
            PORT,
          );
          timers.set(report, INTERVAL);
        };
        timers.set(report, random.below(INTERVAL * 20));
      },
    });
  }
  return lan;
}

/** Hosts whose names and pages a page must not believe. */
function hostile(): Lan {
  const lan = new Lan({ seed: 1 });
  const attack = `<img src=x onerror="document.title='broken'"><script>document.title='broken'</script>`;
  const host = lan.host(attack, { address: "10.0.0.1/24", app: firmware({ hostName: "x" }) });
  host.tell({ topic: attack, text: attack });
  lan.host("victim", {
    address: "10.0.0.2/24",
    app: ({ stack, timers }) => {
      const socket = new stack.io.UDP({});
      const say = (): void => {
        socket.write(new TextEncoder().encode(`HTTP/1.1 200 ${attack}\r\n\r\n${attack}`), "10.0.0.1", 80);
        timers.set(say, 500);
      };
      timers.set(say, 1);
    },
  });
  return lan;
}

async function main(): Promise<void> {
  const lan = process.argv[2] === "busy" ? busy() : hostile();
  const run = new Run({ scenario: "test", seed: 1, options: {} }, lan);
  const dashboard = new Dashboard({ run, scenarios: {} });
  const server = await listenOnLoopback(0, createServer());
  dashboard.serve(server);
  process.stdout.write(`http://127.0.0.1:${portOf(server)}/\n`);
  process.stdin.resume().on("end", () => dashboard.end());
}

void main();
