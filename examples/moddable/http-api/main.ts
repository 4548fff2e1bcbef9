/**
 * Lamps that can be seen and switched over HTTP, with JSON.
 *
 *     curl http://127.0.0.1:8088/api/lamps
 *     curl -X PUT -d '{"on": true}' -H 'Content-Type: application/json' http://127.0.0.1:8088/api/lamps/kitchen
 */
import config from "mc/config";
import { HttpServer } from "wirelet/http";
import { moddableHost } from "wirelet/moddable";

const host = moddableHost();
const lamps = new Map([
  ["kitchen", false],
  ["hall", true],
]);

const server = new HttpServer({ ...host, port: Number(config.port), serverName: "lamps" });

server.get("/api/lamps", (_request, response) => response.json(Object.fromEntries(lamps)));

server.get("/api/lamps/<name>", (request, response) => {
  const on = lamps.get(request.params.name);
  if (on === undefined) response.problem(404, "There is no such lamp.");
  else response.json({ on });
});

server.put("/api/lamps/<name>", (request, response) => {
  const { name } = request.params;
  const { on } = request.json<{ on?: unknown }>();
  if (!lamps.has(name)) response.problem(404, "There is no such lamp.");
  else if (typeof on !== "boolean") response.problem(400, 'Say {"on": true} or {"on": false}.');
  else {
    lamps.set(name, on);
    host.log("info", `${name} is ${on ? "on" : "off"}`);
    response.json({ on });
  }
});

server.start();
host.log("info", `serving on port ${server.port}`);
