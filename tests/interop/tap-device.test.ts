import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import { macFromName } from "../../hosts/node/mac-from-name.js";
import { PATIENCE, until, type Ending, type Program } from "../support/program.js";
import { describeWith, requireTap, requireTool } from "../support/tools.js";
import { faultyFrames, readCapture } from "../support/tshark.js";
import { DNS, LEASE_SECONDS, SERVER, TapLan } from "./support/tap-lan.js";

jest.setTimeout(2 * PATIENCE);

const HTTP_PORT = 80;
const CLOSED_PORT = 9;

/** What `wirelet tap` says when its page is there. */
const LISTENING = /server listening at http:\/\/([0-9.]+)\//;

const requirements = [
  requireTap(),
  requireTool("dnsmasq", "dnsmasq-base"),
  requireTool("dumpcap", "wireshark-common"),
  requireTool("tshark"),
  requireTool("curl"),
  requireTool("ping", "iputils-ping"),
  requireTool("arping", "iputils-arping"),
  requireTool("bash"),
];

describeWith(requirements, "wirelet tap on a real LAN", () => {
  const mac = macFromName("tap0").toString();
  const hostName = `wirelet-${mac.slice(9).replaceAll(":", "").toLowerCase()}`;
  const figures: string[] = [];
  let lan: TapLan;
  let device: Program;
  let ip = "";

  beforeAll(async () => {
    lan = new TapLan("tap0");
    lan.makeTap();
    lan.bringUp();
    await lan.startCapture();
    await lan.startDhcpServer();
    const begin = performance.now();
    device = lan.startDevice();
    ip = (await device.says(LISTENING))[1]!;
    measure("from start to page", begin);
  });

  afterAll(async () => {
    await lan.remove();
    process.stderr.write(`wirelet tap, measured: ${figures.join("; ")}\n`);
  });

  function measure(what: string, begin: number): void {
    figures.push(`${what} ${((performance.now() - begin) / 1000).toFixed(2)} s`);
  }

  function curl(...args: string[]): Promise<Ending> {
    return lan.run("curl", "--silent", "--show-error", "--max-time", "20", ...args);
  }

  it("leases its address from dnsmasq, by name and client identifier", () => {
    const entry = { mac: mac.toLowerCase(), ip, hostName, clientId: `01:${mac.toLowerCase()}` };
    expect(lan.leases).toEqual([entry]);
    const messages = lan.dhcpLog.match(/DHCP(DISCOVER|OFFER|REQUEST|ACK)(?=\()/g);
    expect(messages).toEqual(["DHCPDISCOVER", "DHCPOFFER", "DHCPREQUEST", "DHCPACK"]);
    expect(lan.dhcpLog).toContain(`client provides name: ${hostName}`);
    expect(device.stdout).toContain(`up on tap0, MAC ${mac}`);
  });

  it("answers ping, whatever its size", async () => {
    // After its last request ping waits for one interval only: half a second, for a machine with much else to do.
    const options = ["-q", "-c", "6", "-i", "0.5"];
    const sizes = [0, 1, 56, 1472];
    const pings = sizes.map((size) => lan.run("ping", ...options, "-s", `${size}`, ip));
    for (const { status, stdout } of await Promise.all(pings)) {
      expect(stdout).toContain("6 packets transmitted, 6 received, 0% packet loss");
      expect(status).toBe(0);
    }
    const { stdout } = await lan.run("ping", "-q", "-c", "200", "-i", "0.002", ip);
    figures.push(`ping ${/= [0-9.]+\/([0-9.]+)/.exec(stdout)?.[1]} ms`);
  });

  it("answers arping, and defends its address", async () => {
    const found = await lan.run("arping", "-c", "1", "-I", lan.tap, ip);
    expect(found).toMatchObject({ status: 0, stdout: expect.stringContaining(`[${mac}]`) });
    const duplicate = await lan.run("arping", "-D", "-c", "1", "-I", lan.tap, ip);
    expect(duplicate).toMatchObject({ status: 1, stdout: expect.stringContaining("Received 1 response") });
  });

  it("shows the lease on its page", async () => {
    const begin = performance.now();
    const { stdout } = await curl(`http://${ip}/`);
    measure("curl of /", begin);
    expect(stdout).toMatch(/^<!doctype html>/);
    for (const text of [mac, ip, hostName, SERVER, ...DNS]) expect(stdout).toContain(text);
  });

  it("reports the lease at /api/status", async () => {
    const status = JSON.parse((await curl(`http://${ip}/api/status`)).stdout) as Record<string, unknown>;
    expect(status).toMatchObject({
      mac,
      ip,
      mask: "255.255.255.0",
      gateway: SERVER,
      dns: DNS,
      hostname: hostName,
      dhcp: { state: "BOUND", server: SERVER, leaseSeconds: LEASE_SECONDS },
    });
  });

  it("answers HEAD with the head that GET has", async () => {
    const { stdout: head } = await curl("--head", `http://${ip}/`);
    const { stdout: whole } = await curl("--include", `http://${ip}/`);
    const [headOfGet, body] = whole.split("\r\n\r\n", 2);
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head.replace(/Content-Length: \d+/, "")).toBe(
      `${headOfGet}\r\n\r\n`.replace(/Content-Length: \d+/, ""),
    );
    expect(headOfGet).toContain(`Content-Length: ${Buffer.byteLength(body!)}`);
  });

  it.each([
    ["an unknown page", ["/none"], "404 Not Found"],
    [
      "a method not offered",
      ["/", "--request", "DELETE"],
      "405 Method Not Allowed\r\nAllow: GET, HEAD, OPTIONS",
    ],
    ["a form", ["/", "--data", "a=1"], "405 Method Not Allowed\r\nAllow: GET, HEAD, OPTIONS"],
    ["a body that no page takes", ["/", "--data", "x".repeat(20_000)], "405 Method Not Allowed"],
    ["OPTIONS", ["/api/status", "--request", "OPTIONS"], "204 No Content\r\nAllow: GET, HEAD, OPTIONS"],
    ["an unknown method", ["/", "--request", "BREW"], "501 Not Implemented"],
  ])("answers %s", async (_, [path, ...options], answer) => {
    const { status, stdout } = await curl("--include", ...options, `http://${ip}${path}`);
    expect(stdout.replace(/Date: .*\r\n/, "")).toContain(`HTTP/1.1 ${answer}`);
    expect(status).toBe(0);
  });

  it.each([
    ["no HTTP", "hello\\r\\n\\r\\n"],
    ["no Host", "GET / HTTP/1.1\\r\\n\\r\\n"],
    ["two lengths", "GET / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\n"],
  ])("answers a malformed request, %s, with 400 and closes", async (_, bytes) => {
    expect(await lan.converse(ip, HTTP_PORT, bytes)).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\n.*Connection: close\r\n/s,
    );
  });

  it("answers two requests of one segment in order", async () => {
    const requests =
      "GET /none HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n" +
      "GET /api/status HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n";
    const answers = await lan.converse(ip, HTTP_PORT, requests);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 404", "HTTP/1.1 200"]);
  });

  it("keeps a connection for the next request, also after a body that it refused", async () => {
    const next = ["--next", "--silent", "--verbose", "--output", "/dev/null"];
    const url = `http://${ip}/`;
    const { stderr } = await curl(
      "--verbose",
      "--output",
      "/dev/null",
      "--data",
      "a=1",
      url,
      ...next,
      url,
      ...next,
      url,
    );
    expect(stderr.match(/^< HTTP.*(?=\r)/gm)).toEqual([
      "< HTTP/1.1 405 Method Not Allowed",
      "< HTTP/1.1 200 OK",
      "< HTTP/1.1 200 OK",
    ]);
    expect(stderr.match(/Re-using existing connection/g)).toHaveLength(2);
    expect(stderr.match(/Connected to/g)).toHaveLength(1);
  });

  it("serves 20 connections at once", async () => {
    const begin = performance.now();
    const atOnce = ["--parallel", "--parallel-immediate", "--parallel-max", "20"];
    const output = ["--output", "/dev/null", "--write-out", "%{http_code} %{num_connects}\\n"];
    const urls = Array.from({ length: 20 }, (_, index) => [...output, `http://${ip}/?${index}`]);
    const { status, stdout } = await curl(...atOnce, ...urls.flat());
    measure("20 connections at once", begin);
    expect(stdout).toBe("200 1\n".repeat(20));
    expect(status).toBe(0);
  });

  it("serves 100 connections one after another", async () => {
    const begin = performance.now();
    const options = ["--header", "Connection: close", "--output", "/dev/null"];
    const writeOut = ["--write-out", "%{http_code} %{num_connects}\\n"];
    const { status, stdout } = await curl(...options, ...writeOut, `http://${ip}/api/status?[1-100]`);
    measure("100 connections in turn", begin);
    expect(stdout).toBe("200 1\n".repeat(100));
    expect(status).toBe(0);
  });

  it("refuses a connection to a port where nobody listens", async () => {
    const { stderr } = await lan.run("bash", "-c", `exec 3<>/dev/tcp/${ip}/${CLOSED_PORT}`);
    expect(stderr).toContain("Connection refused");
  });

  it("says that a UDP port is unreachable", async () => {
    const { stderr } = await lan.run(
      "bash",
      "-c",
      `exec 3<>/dev/udp/${ip}/${CLOSED_PORT}; echo >&3; cat <&3`,
    );
    expect(stderr).toContain("Connection refused");
  });

  it("comes back to its address after kill -9", async () => {
    device.kill("SIGKILL");
    expect(await device.ends()).toMatchObject({ signal: "SIGKILL", stderr: "" });
    device = lan.startDevice();
    expect((await device.says(LISTENING))[1]).toBe(ip);
    expect((await curl(`http://${ip}/api/status`)).stdout).toContain(`"ip":"${ip}"`);
    expect(lan.leases).toHaveLength(1);
  });

  it("gives its address back on Ctrl-C", async () => {
    device.kill("SIGINT");
    const { status, stdout, stderr } = await device.ends();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/RELEASE 10\.77\.0\.\d+\n(.*\n)*\nStopped\.\n$/);
    await lan.dhcpLogs(new RegExp(`DHCPRELEASE\\(tap0\\) ${ip} ${mac.toLowerCase()}`));
    await until("lease given back", () => lan.leases.length === 0 || undefined);
  });

  it("sent nothing that tshark complains of", async () => {
    expect((await lan.finishCapture()).stderr).toMatch(/dropped on interface 'tap0': \d+\/0 /);
    const frames = await readCapture(lan.captureFile);
    // The kernel may leave its own checksums to a network card that there is not.
    const ours = frames.filter((frame) => frame.sender === mac.toLowerCase());
    expect(faultyFrames(ours)).toEqual([]);
    for (const protocol of ["arp", "dhcp", "icmp", "tcp", "http"]) {
      expect(ours.some((frame) => frame.protocols.includes(protocol))).toBe(true);
    }
    expect(ours.at(-1)?.info).toContain("DHCP Release");
    figures.push(`${frames.length} frames captured`);
  });
});

describeWith(requirements, "wirelet tap with an interface of its own making", () => {
  const mac = "02:00:00:12:34:56";
  let lan: TapLan;

  beforeAll(() => {
    lan = new TapLan("tap1");
  });

  afterAll(() => lan.remove());

  it("gets a lease once the interface is up, under the MAC and name it was given", async () => {
    const device = lan.startDevice("--mac", mac, "--host-name", "lamp");
    await device.says(/up on tap1, MAC 02:00:00:12:34:56/);
    lan.bringUp();
    await lan.startDhcpServer();
    const [, ip = ""] = await device.says(LISTENING);
    expect(lan.leases).toEqual([{ mac, ip, hostName: "lamp", clientId: `01:${mac}` }]);

    device.kill("SIGKILL");
    await device.ends();
    expect(lan.namespace.run("ip", "link", "show")).not.toContain("tap1");
  });

  it("ends with one line if the interface is deleted under it", async () => {
    const device = lan.startDevice();
    await device.says(/up on tap1/);
    lan.namespace.run("ip", "link", "delete", "tap1");
    const { status, stderr } = await device.ends();
    expect(stderr).toBe("wirelet: use TAP device tap1: it was deleted (ENETDOWN)\n");
    expect(status).toBe(1);
  });
});

describeWith(requirements, "wirelet tap with its state in a file", () => {
  let lan: TapLan;

  beforeAll(async () => {
    lan = new TapLan("tap2");
    lan.makeTap();
    lan.bringUp();
    await lan.startDhcpServer();
  });

  afterAll(() => lan.remove());

  async function boot(): Promise<{ device: Program; ip: string; messages: string[] }> {
    const logged = lan.dhcpLog.length;
    const device = lan.startDevice("--state", lan.stateFile);
    const ip = (await device.says(LISTENING))[1]!;
    return { device, ip, messages: lan.dhcpLog.slice(logged).match(/DHCP[A-Z]+(?=\()/g) ?? [] };
  }

  it("has its address again after it was killed, and asks for no other", async () => {
    const first = await boot();
    expect(first.messages).toEqual(["DHCPDISCOVER", "DHCPOFFER", "DHCPREQUEST", "DHCPACK"]);
    first.device.kill("SIGKILL");
    await first.device.ends();

    const second = await boot();
    expect([second.ip, second.messages]).toEqual([first.ip, ["DHCPREQUEST", "DHCPACK"]]);
    second.device.kill("SIGINT");
    expect((await second.device.ends()).status).toBe(0);

    // It has given it back.
    const third = await boot();
    expect(third.messages).toContain("DHCPDISCOVER");
  });
});
