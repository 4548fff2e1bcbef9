import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { PATIENCE, type Ending } from "../support/program.js";
import { describeWithTool } from "../support/tools.js";
import { faultyFrames, readCapture } from "../support/tshark.js";
import { start, startWireletWith, wirelet } from "./support/wirelet.js";

jest.setTimeout(2 * PATIENCE);

function nc(args: readonly string[], input: string | Uint8Array = ""): Promise<Ending> {
  return startWireletWith(["nc", ...args], input).ends();
}

/** What a program that did what it was asked to do ends with. */
function success(stdout: string): Pick<Ending, "status" | "stdout" | "stderr"> {
  return { status: 0, stdout, stderr: "" };
}

let server: Server | undefined;
const servers: Server[] = [];
const sockets: Socket[] = [];

/** @returns the port of a server that does this with each connection */
async function serve(onConnection: (socket: Socket) => void): Promise<string> {
  server = createServer({ allowHalfOpen: true }, onConnection).listen(0, "127.0.0.1");
  servers.push(server);
  server.on("connection", (socket) => sockets.push(socket));
  await once(server, "listening");
  return String((server.address() as AddressInfo).port);
}

/** A port that nobody has. */
async function freePort(): Promise<string> {
  const port = await serve(() => undefined);
  server!.close();
  await once(server!, "close");
  return port;
}

afterEach(() => {
  for (const each of servers.splice(0)) each.close();
  for (const socket of sockets.splice(0)) socket.destroy();
});

describe("wirelet nc, over TCP", () => {
  it("sends its input and prints what comes, once the peer has ended, too", async () => {
    // The answer depends on all of the input: it cannot come before the input's end.
    const port = await serve((socket) => {
      let said = "";
      socket.on("data", (bytes) => (said += String(bytes)));
      socket.on("end", () => socket.end(`You said "${said}".`));
    });
    expect(await nc(["127.0.0.1", port], "Grüße!")).toMatchObject(success('You said "Grüße!".'));
  });

  it("changes no byte in either direction", async () => {
    const [there, back] = [randomBytes(1 << 20), randomBytes(1 << 20)];
    const received = new Promise<Buffer>((resolve) => {
      void serve((socket) => {
        socket.end(back);
        void buffer(socket).then(resolve);
      });
    });
    await once(server!, "listening");
    const folder = mkdtempSync(join(tmpdir(), "wirelet-nc-"));
    const [input, output] = [join(folder, "input"), join(folder, "output")];
    writeFileSync(input, there);
    const { port } = server!.address() as AddressInfo;
    const command = `"${process.execPath}" scripts/wirelet.mjs nc 127.0.0.1 ${port} <"${input}" >"${output}"`;
    expect(await start("bash", "-c", command).ends()).toMatchObject(success(""));
    expect((await received).equals(there)).toBe(true);
    expect(readFileSync(output).equals(back)).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it("says why nobody is there, with status 1", async () => {
    const port = await freePort();
    expect(await nc(["127.0.0.1", port])).toMatchObject({
      status: 1,
      stdout: "",
      stderr: `wirelet: connect 127.0.0.1:${port}: connection refused (ECONNREFUSED)\n`,
    });
  });

  it("says that a connection was reset, with status 1", async () => {
    const port = await serve((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const { status, stderr } = await nc(["127.0.0.1", port], "hello");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^wirelet: .*\(ECONNRESET\)\n$/);
  });

  it("waits for a call, and tells about it if it is asked to", async () => {
    const port = await freePort();
    const program = startWireletWith(["nc", "-lv", "127.0.0.1", port], "answer");
    await program.says(new RegExp(`listening on 127.0.0.1:${port}`));
    const caller = connect(Number(port), "127.0.0.1");
    caller.end("question");
    expect(await text(caller)).toBe("answer");
    const { status, stdout, stderr } = await program.ends();
    expect({ status, stdout }).toEqual({ status: 0, stdout: "question" });
    expect(stderr).toMatch(/127\.0\.0\.1:\d+ has connected\n$/);
  });

  it("cannot wait where somebody else does", async () => {
    const port = await serve(() => undefined);
    const { status, stderr } = await nc(["-l", "127.0.0.1", port]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^wirelet: .*\(EADDRINUSE\)\n$/);
  });

  it("calls from the port and the address that it is told", async () => {
    const from = await freePort();
    const port = await serve((socket) => socket.end(`${socket.remoteAddress}:${socket.remotePort}`));
    const { status, stdout } = await nc(["-p", from, "-s", "127.0.0.3", "127.0.0.1", port]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `127.0.0.3:${from}` });
  });

  it("ends when nothing has moved for as long as it is told", async () => {
    const port = await serve((socket) => socket.write("hello"));
    const program = startWireletWith(["nc", "-w", "0.2", "127.0.0.1", port]);
    expect(await program.ends()).toMatchObject(success("hello"));
  });

  it("asks ports whether somebody is there", async () => {
    const port = Number(await serve((socket) => socket.end("not asked for")));
    const open = await nc(["-zv", "127.0.0.1", `${port}-${port}`]);
    expect(open).toMatchObject({ status: 0, stdout: "", stderr: `connected to 127.0.0.1:${port}\n` });
    const closed = await freePort();
    expect(await nc(["-z", "127.0.0.1", closed])).toMatchObject({ status: 1, stdout: "", stderr: "" });
  });

  it("says that a name is none", async () => {
    const { status, stderr } = await nc(["no.such.host.invalid", "80"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^wirelet: resolve no\.such\.host\.invalid: .*\(EHOSTUNREACH\)\n$/);
  });
});

describe("wirelet nc, over UDP", () => {
  it("sends a datagram, prints the answer, and ends after a while of silence", async () => {
    const peer = createSocket("udp4");
    peer.on("message", (message, { port, address }) =>
      peer.send(`echo of ${String(message)}`, port, address),
    );
    peer.bind(0, "127.0.0.1");
    await once(peer, "listening");
    expect(await nc(["-u", "127.0.0.1", `${peer.address().port}`], "hello")).toMatchObject(
      success("echo of hello"),
    );
    peer.close();
  });

  it("says that a port is closed, with status 1", async () => {
    const port = await freePort();
    const { status, stdout, stderr } = await nc(["-u", "127.0.0.1", port], "hello");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^wirelet: .*\(ECONNREFUSED\)\n$/);
  });

  it("answers whoever sends the first datagram", async () => {
    const port = await freePort();
    const program = startWireletWith(["nc", "-luv", "127.0.0.1", port], "answer");
    await program.says(/waiting for datagrams/);
    const caller = createSocket("udp4");
    caller.send("question", Number(port), "127.0.0.1");
    const [reply] = (await once(caller, "message")) as [Buffer];
    expect(String(reply)).toBe("answer");
    expect(await program.ends()).toMatchObject({ status: 0, stdout: "question" });
    caller.close();
  });
});

describe("wirelet nc --on sim", () => {
  it("talks to the neighbors over a bad network", async () => {
    const said = "line\n".repeat(1000);
    expect(await nc(["--on", "sim", "--loss", "0.1", "echo", "7"], said)).toMatchObject(success(said));
    expect(await nc(["--on", "sim", "-u", "192.168.1.12", "7"], "hello")).toMatchObject(success("hello"));
  });

  it("gets the device's page", async () => {
    const request = "GET /api/status HTTP/1.1\r\nHost: device\r\nConnection: close\r\n\r\n";
    const { status, stdout } = await nc(["--on", "sim", "device", "80"], request);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*"ip":"192\.168\.1\.11"/);
  });

  it("is called where it listens", async () => {
    const { status, stdout } = await nc(["--on", "sim", "-l", "5000"], "Hello, caller.\n");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Hello, this is caller\..*\nHello, caller\.\n$/);
  });

  it("says why nobody is there", async () => {
    const refused = "wirelet: connect to 192.168.1.11:81: connection refused (ECONNREFUSED)\n";
    expect(await nc(["--on", "sim", "device", "81"])).toMatchObject({ status: 1, stderr: refused });
    const unreachable = "wirelet: connect to 192.168.1.99:80: host unreachable (EHOSTUNREACH)\n";
    expect(await nc(["--on", "sim", "192.168.1.99", "80"])).toMatchObject({ status: 1, stderr: unreachable });
  });

  it("names those that there are", async () => {
    const { status, stderr } = await nc(["--on", "sim", "nobody", "80"]);
    expect(status).toBe(1);
    expect(stderr).toContain("nobody: on this LAN there are you, device, echo");
  });
});

describeWithTool("tshark", "a capture of wirelet nc on the simulator", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "wirelet-nc-"));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it("has the connection from its beginning to its end", async () => {
    const file = join(folder, "nc.pcapng");
    await nc(["--on", "sim", "--pcap", file, "-l", "5000"], "hello");
    const frames = await readCapture(file);
    expect(faultyFrames(frames)).toEqual([]);
    const infos = frames.map(({ info }) => info);
    expect(infos.filter((info) => info.includes("[SYN"))).toHaveLength(2);
    expect(infos.filter((info) => info.includes("[FIN"))).toHaveLength(2);
  });
});

describe("wirelet run", () => {
  it("plays an example on the simulated LAN", async () => {
    const { status, stdout } = await wirelet("run", "tcp-echo");
    expect(status).toBe(0);
    expect(stdout).toContain('client   TCP   "Is anybody there?" came back after 4 ms\n');
  });
});
