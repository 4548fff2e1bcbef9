import { expect, it, jest } from "@jest/globals";
import { PATIENCE, type Ending } from "../support/program.js";
import { describeWith, requireTool } from "../support/tools.js";
import { HTTP_PLACE, HttpPlace, PROVIDERS } from "./support/http-place.js";

jest.setTimeout(4 * PATIENCE);

/** Slow clients of each kind. */
const CROWD = 40;
/** Longer than any of them is given, in s. */
const PATIENT = "60";
/** How they are slow: -H sends a field a second, -B a few bytes of a body. */
const KINDS = ["-H", "-B"];
/** Between two quick requests, in ms. */
const PAUSE = 200;

const requirements = [...HTTP_PLACE, requireTool("slowhttptest"), requireTool("curl")];

describeWith(requirements, "slow clients", () => {
  it.concurrent.each(PROVIDERS)(
    "of a server on %s are told 408 and let go, while others are served",
    async (provider) => {
      const place = new HttpPlace(provider);
      try {
        const { url } = await place.serve("--app", "echo", "--limit-time", "15s");
        const pace = ["-c", `${CROWD}`, "-r", "100", "-i", "1", "-x", "4", "-l", PATIENT, "-p", "5"];
        const attacks = KINDS.map((kind) =>
          place.start("slowhttptest", kind, ...pace, "-u", `${url}/slow`, "-v", "4").ends(2 * PATIENCE),
        );
        let endings: Ending[] | undefined;
        void Promise.all(attacks).then((all) => (endings = all));
        let served = 0;
        for (; endings === undefined; served++) {
          expect(await place.curl("-d", "quick", "--max-time", "5", `${url}/`)).toBe("quick");
          await new Promise((resolve) => setTimeout(resolve, PAUSE));
        }
        expect(served).toBeGreaterThan(10);
        for (const { stdout } of endings) {
          expect(stdout).toContain("No open connections left");
          expect(stdout.match(/^ ?HTTP\/1\.1 408 Request Timeout\r?$/gm)).toHaveLength(CROWD);
          expect(stdout).toMatch(/probe socket \d+ replied \d+ bytes:\s+HTTP\/1\.1 200 OK/);
        }
      } finally {
        await place.remove();
      }
    },
  );
});
