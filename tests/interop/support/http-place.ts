import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NetworkNamespace } from "../../support/namespace.js";
import { Program, until, type Ending } from "../../support/program.js";
import { readCapture, type CapturedFrame } from "../../support/tshark.js";
import { requireTap, requireTool, type Requirement } from "../../support/tools.js";

/** Whose TCP the server uses: the kernel's through Node, or this project's behind a TAP interface. */
export type Provider = "node" | "tap";

export const PROVIDERS: readonly Provider[] = ["node", "tap"];

/** What a `HttpPlace` needs. */
export const HTTP_PLACE: readonly Requirement[] = [requireTap(), requireTool("ip", "iproute2")];

/** Servers in a network namespace of their own, programs that ask them, and a folder for files. */
export class HttpPlace {
  readonly folder = mkdtempSync(join(tmpdir(), "wirelet-http-"));
  readonly namespace = new NetworkNamespace();
  #servers = 0;

  constructor(readonly provider: Provider) {}

  /** Starts `wirelet serve` as a person would. */
  async serve(...args: readonly string[]): Promise<HttpSite> {
    const place = this.provider === "node" ? ["--port", "0"] : this.#makeTap();
    return this.#serve("scripts/wirelet.mjs", "serve", ...args, ...place);
  }

  /** The same for the site with forms and logins. */
  async serveSite(): Promise<HttpSite> {
    const loading = ["-r", "ts-node/register", "-r", "./scripts/rooms.cjs"];
    const place = this.provider === "node" ? [] : this.#makeTap();
    return this.#serve(...loading, "tests/interop/support/http-site.ts", ...place);
  }

  /** What crosses the first server's interface, which is TAP, during an action. @param last what is among the last of it */
  async captured(action: () => Promise<void>, last: string): Promise<CapturedFrame[]> {
    const file = this.pathOf("tap.pcapng");
    const dumpcap = this.start("dumpcap", "-q", "-i", tapName(0), "-w", file);
    await dumpcap.says(/File: /);
    await action();
    await until(`"${last}" in the capture`, () => readFileSync(file).includes(last) || undefined);
    dumpcap.kill("SIGINT");
    await dumpcap.ends();
    return readCapture(file);
  }

  start(program: string, ...args: readonly string[]): Program {
    return new Program(this.namespace.start(program, ...args));
  }

  /** Runs a program to its end. */
  run(program: string, ...args: readonly string[]): Promise<Ending> {
    const running = this.start(program, ...args);
    // Some would wait for what is typed.
    running.child.stdin?.end();
    return running.ends();
  }

  /** Runs curl, and has it say what went wrong. @returns its standard output @throws if it fails */
  async curl(...args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run("curl", "-sS", "--max-time", "25", ...args);
    if (status !== 0) throw new Error(`curl ${args.join(" ")}: status ${status}, ${stderr}`);
    return stdout;
  }

  /** Makes a file of random bytes. @returns its path */
  makeFile(name: string, length: number): string {
    return this.writeFile(name, randomBytes(length));
  }

  /** @returns its path */
  writeFile(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** Makes a key and a certificate for this place's servers. @returns their paths */
  async makeIdentity(): Promise<{ readonly key: string; readonly cert: string }> {
    const identity = { key: this.pathOf("key.pem"), cert: this.pathOf("cert.pem") };
    const names = ["127.0.0.1", serverAddress(0), serverAddress(1)].map((address) => `IP:${address}`);
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const subject = ["-subj", "/CN=Wirelet's interop tests", "-addext", `subjectAltName=${names.join(",")}`];
    const files = ["-keyout", identity.key, "-out", identity.cert];
    const { status, stderr } = await this.run("openssl", "req", "-x509", ...kind, ...subject, ...files);
    if (status !== 0) throw new Error(`openssl: ${stderr}`);
    return identity;
  }

  /** Where a program can put a file of this name. */
  pathOf(name: string): string {
    return join(this.folder, name);
  }

  async remove(): Promise<void> {
    await this.namespace.remove();
    rmSync(this.folder, { recursive: true });
  }

  async #serve(...args: readonly string[]): Promise<HttpSite> {
    const program = this.start(process.execPath, ...args);
    const [url] = await program.says(/https?:\/\/[\d.]+:[1-9]\d*(?=\/ )/);
    return { url, program };
  }

  /** Makes the next interface, and gives the kernel's end its address. @returns how the server is put there */
  #makeTap(): string[] {
    const number = this.#servers++;
    const name = tapName(number);
    this.namespace.run("ip", "tuntap", "add", "dev", name, "mode", "tap");
    this.namespace.run("ip", "address", "add", `10.77.${number}.1/24`, "dev", name);
    this.namespace.run("ip", "link", "set", name, "up");
    return ["--on", "tap", "--interface", name, "--address", `${serverAddress(number)}/24`];
  }
}

/** A server that runs. */
export interface HttpSite {
  /** Without a slash at its end. */
  readonly url: string;
  readonly program: Program;
}

/** The interface of a place's server: the first is number 0. */
function tapName(number: number): string {
  return `tap${number}`;
}

function serverAddress(number: number): string {
  return `10.77.${number}.7`;
}

/** What tells two files apart. */
export function hashOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
