import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { PATIENCE } from "../support/program.js";
import { describeWith, requireTool } from "../support/tools.js";
import { HTTP_PLACE, HttpPlace, PROVIDERS } from "./support/http-place.js";

jest.setTimeout(3 * PATIENCE);

const REQUESTS = 3000;
const CONNECTIONS = "20";

/** Pipelines four requests at a time, each with a body of its own. */
const WRK_SCRIPT = `
wrk.method = "POST"
init = function(args)
  local requests = {}
  for i = 1, 4 do requests[i] = wrk.format(nil, "/" .. i, nil, string.rep("x", 100 * i)) end
  batch = table.concat(requests)
end
request = function() return batch end
local wrong = 0
response = function(status, headers, body)
  if status ~= 200 or #body % 100 ~= 0 or #body == 0 then wrong = wrong + 1 end
end
done = function(summary, latency, requests)
  print("errors " .. summary.errors.status + summary.errors.read + summary.errors.timeout + summary.errors.connect)
end
`;

const requirements = [...HTTP_PLACE, requireTool("ab", "apache2-utils"), requireTool("wrk")];

describeWith(requirements, "many requests at once", () => {
  describe.each(PROVIDERS)("to a server on %s", (provider) => {
    const figures: string[] = [];
    let place: HttpPlace;
    let url = "";

    beforeAll(async () => {
      place = new HttpPlace(provider);
      ({ url } = await place.serve("--app", "echo", "--quiet"));
    });

    afterAll(async () => {
      await place.remove();
      process.stderr.write(`HTTP on ${provider}, measured: ${figures.join("; ")}\n`);
    });

    async function ab(...args: readonly string[]): Promise<string> {
      const { status, stdout, stderr } = await place.run("ab", "-q", "-s", "20", ...args);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      figures.push(`ab ${args[0]} ${/Requests per second: +([\d.]+)/.exec(stdout)?.[1]}/s`);
      return stdout;
    }

    it("are all answered over connections that are kept (ab -k)", async () => {
      const report = await ab("-k", "-n", `${REQUESTS}`, "-c", CONNECTIONS, `${url}/`);
      expect(report).toMatch(new RegExp(`^Complete requests: +${REQUESTS}$`, "m"));
      expect(report).toMatch(/^Failed requests: +0$/m);
      expect(report).toMatch(new RegExp(`^Keep-Alive requests: +${REQUESTS}$`, "m"));
      expect(report).not.toContain("Non-2xx");
    });

    it("are all answered over connections of their own (ab)", async () => {
      const report = await ab("-n", "500", "-c", CONNECTIONS, `${url}/`);
      expect(report).toMatch(/^Complete requests: +500$/m);
      expect(report).toMatch(/^Failed requests: +0$/m);
      expect(report).not.toContain("Non-2xx");
    });

    it("bring their bodies back whole (ab -p)", async () => {
      const body = place.makeFile("body", 20_000);
      const report = await ab("-k", "-n", "500", "-c", "10", "-p", body, "-T", "text/x-ab", `${url}/post`);
      expect(report).toMatch(/^Failed requests: +0$/m);
      expect(report).toMatch(/^HTML transferred: +10000000 bytes$/m);
    });

    it("are answered in order when they are pipelined (wrk)", async () => {
      const script = place.writeFile("pipeline.lua", WRK_SCRIPT);
      const options = ["-c", CONNECTIONS, "-t", "2", "-d", "1s", "--timeout", "10s", "-s", script];
      const { status, stdout } = await place.run("wrk", ...options, url);
      expect(status).toBe(0);
      expect(stdout).toMatch(/^errors 0$/m);
      expect(stdout).not.toContain("Socket errors");
      figures.push(`wrk, pipelined ${/Requests\/sec: +([\d.]+)/.exec(stdout)?.[1]}/s`);
    });
  });
});
