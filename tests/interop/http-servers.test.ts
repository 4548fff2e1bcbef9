import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import { PATIENCE } from "../support/program.js";
import { describeWith, requireTool } from "../support/tools.js";
import { hashOf, HTTP_PLACE, HttpPlace } from "./support/http-place.js";
import { configureNginx, LARGE, NGINX_SERVES, PLAIN_PORT, SECURE_PORT } from "./support/nginx.js";

jest.setTimeout(6 * PATIENCE);

const requirements = [
  ...HTTP_PLACE,
  requireTool("nginx", "nginx-light"),
  requireTool("python3"),
  requireTool("openssl"),
];

const TAP = "tap0";
/** The kernel's end of the TAP interface, which the certificate names, and the client's. */
const KERNEL = "10.77.0.7";
const CLIENT = "10.77.0.2/24";
const TEXT = "plain text\n".repeat(100);

describeWith(requirements, "this project's HTTP client and other people's servers", () => {
  let place: HttpPlace;
  let python: string;

  beforeAll(async () => {
    place = new HttpPlace("tap");
    place.namespace.run("ip", "tuntap", "add", "dev", TAP, "mode", "tap");
    place.namespace.run("ip", "address", "add", `${KERNEL}/24`, "dev", TAP);
    place.namespace.run("ip", "link", "set", TAP, "up");
    const nginx = place.start("nginx", ...configureNginx(place.folder, await place.makeIdentity()));
    const serving = ["-u", "-m", "http.server", "0", "--directory", place.folder];
    const [, [, port]] = await Promise.all([
      nginx.says(NGINX_SERVES),
      place.start("python3", ...serving).says(/port (\d+)/),
    ]);
    python = `http://${KERNEL}:${port}`;
  });

  afterAll(() => place.remove());

  it.each([
    ["Node's sockets", ["--on", "node"]],
    ["its own stack", ["--on", "tap", "--interface", TAP, "--address", CLIENT]],
  ])("understand each other over %s", async (_, where) => {
    const cert = place.pathOf("cert.pem");
    const origins = [`http://${KERNEL}:${PLAIN_PORT}`, `https://${KERNEL}:${SECURE_PORT}`, cert, python];
    const script = place.namespace.startScript(
      "tests/interop/support/http-client-cases.ts",
      ...origins,
      ...where,
    );
    const found = await script.next<Record<string, unknown>>();
    const large = hashOf(place.pathOf("www/large.bin"));
    const text = hashOf(place.pathOf("www/plain.txt"));
    expect(found).toEqual({
      file: [200, TEXT.length, text],
      large,
      secure: large,
      chunked: ["chunked", true],
      gzipLeftAlone: ["gzip", 0x1f, 0x8b],
      range: [206, `bytes 6-9/${TEXT.length}`, "text"],
      head: [200, String(LARGE), 0],
      notModified: [304, ""],
      redirected: [200, true, "/plain.txt", TEXT.length],
      loop: "ELOOP",
      strangers: ["Basic YW5uOnNlY3JldA==|own=1", "|"],
      cookies: "|visit=1",
      login: [401, 'Basic realm="secrets"', true, 200, TEXT.length],
      upload: [201, true, 204],
      chunkedUpload: [201, true, 204],
      continued: [201, true, 204],
      redirectedUpload: [201, true, 204],
      refusedUpload: [413, true],
      keptAlive: 1,
      closed: ["close", 0],
      endedMeanwhile: [TEXT.length, TEXT.length],
      untrusted: "EACCES",
      plainOnSecure: 400,
      python: [200, "1.0", text],
      pythonFolder: [200, true, true],
      pythonHasNoPost: [501, true, true],
      cancelled: 0,
    });
  });
});
