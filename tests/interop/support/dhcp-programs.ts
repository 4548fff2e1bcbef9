import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NetworkNamespace } from "../../support/namespace.js";
import { Program } from "../../support/program.js";
import { Diary, writeEntry, type DiaryEntry } from "./dhcp-diary.js";

/** A host's interface. */
const INTERFACE = "eth0";

/** How dhclient and dhcpcd tell their scripts what an entry of the diary has. */
const NEW_LEASE = [
  "reason",
  "new_ip_address",
  "new_subnet_mask",
  "new_routers",
  "new_domain_name_servers",
  "new_domain_name",
  "new_host_name",
  "new_dhcp_lease_time",
] as const;

export interface ClientOptions {
  /** An address to ask for, if it is udhcpc. */
  readonly wants?: string;
  /** Whether it asks the LAN for who uses an address before it uses that itself. */
  readonly probes?: boolean;
  /** More lines of its configuration, if it is dhclient or dhcpcd. */
  readonly more?: readonly string[];
}

/** A host of a LAN, in a network namespace of its own, on which a DHCP client of Debian's configures the interface. */
export abstract class ClientHost {
  /** Of the program. */
  abstract readonly name: string;
  readonly namespace = new NetworkNamespace();
  protected readonly diary: Diary;
  readonly #folder: string;
  #program: Program | undefined;

  /** @param folder for its files */
  constructor(
    readonly mac: string,
    folder: string,
  ) {
    mkdirSync(folder);
    this.#folder = folder;
    this.diary = new Diary(this.file("diary"));
  }

  abstract start(options?: ClientOptions): void;

  /** Waits until it has an address that it did not have before. */
  abstract bound(): Promise<DiaryEntry>;

  /** Waits until it has extended its lease. @throws if it has lost it */
  abstract renewed(): Promise<DiaryEntry>;

  /** Has it extend its lease now. One that cannot be told so does it when its time has come. */
  abstract hurry(): Promise<void>;

  /** Has it give its address back. */
  abstract release(): Promise<void>;

  /** Waits until its address was taken from it. */
  abstract refused(): Promise<void>;

  /** Plugs the end of a cable in. */
  plug(cable: string): void {
    this.namespace.run("ip", "link", "set", cable, "name", INTERFACE, "address", this.mac);
    this.namespace.run("ip", "link", "set", INTERFACE, "up");
  }

  /** What the kernel has on the interface: "10.77.0.100/24". */
  get addresses(): string[] {
    const text = this.namespace.run("ip", "-4", "-brief", "address", "show", "dev", INTERFACE);
    return text.trim().split(/\s+/).slice(2);
  }

  /** Ends its client without a word. */
  async stop(): Promise<void> {
    this.#program?.kill("SIGTERM");
    await this.#program?.ends();
  }

  protected file(name: string): string {
    return join(this.#folder, name);
  }

  protected write(name: string, lines: readonly string[], mode?: number): string {
    writeFileSync(this.file(name), `${lines.join("\n")}\n`, { mode });
    return this.file(name);
  }

  protected launch(program: string, ...args: string[]): Program {
    return (this.#program = new Program(this.namespace.start(program, ...args)));
  }

  protected get program(): Program {
    return this.#program!;
  }

  /** Waits for one of some events of the script, none of others. @throws if one of the others comes first */
  protected async expectEntry(wanted: readonly string[], unwanted: readonly string[]): Promise<DiaryEntry> {
    const entry = await this.diary.next(...wanted, ...unwanted);
    if (unwanted.includes(entry.event)) throw new Error(`${this.name}: "${entry.event}"`);
    return entry;
  }
}

/** busybox's. */
export class Udhcpc extends ClientHost {
  readonly name = "udhcpc";

  start({ wants, probes = false }: ClientOptions = {}): void {
    const script = this.write(
      "script",
      [
        "#!/bin/sh",
        'case "$1" in',
        `deconfig) ip address flush dev ${INTERFACE} ;;`,
        `bound | renew) ip address replace $ip/$mask dev ${INTERFACE} ;;`,
        "esac",
        writeEntry(this.diary.file, "1", "ip", "subnet", "router", "dns", "domain", "hostname", "lease"),
      ],
      0o755,
    );
    this.launch(
      "busybox",
      "udhcpc",
      ...["-f", "-i", INTERFACE, "-s", script],
      // It begins again a second after it has given up, or declined.
      ...["-t", "10", "-T", "3", "-A", "1"],
      ...(wants === undefined ? [] : ["-r", wants]),
      ...(probes ? ["-a"] : []),
    );
  }

  bound(): Promise<DiaryEntry> {
    return this.diary.next("bound");
  }

  renewed(): Promise<DiaryEntry> {
    return this.expectEntry(["renew"], ["deconfig", "nak", "bound"]);
  }

  hurry(): Promise<void> {
    this.program.kill("SIGUSR1");
    return Promise.resolve();
  }

  async release(): Promise<void> {
    this.program.kill("SIGUSR2");
    await this.diary.next("deconfig");
  }

  async refused(): Promise<void> {
    await this.diary.next("nak");
  }
}

/** ISC's. */
export class Dhclient extends ClientHost {
  readonly name = "dhclient";

  start({ probes = false, more = [] }: ClientOptions = {}): void {
    // What the script says of an address decides whether the client declines it.
    const probe = probes ? `arping -q -D -c 2 -I ${INTERFACE} $new_ip_address || exit 1` : ":";
    this.write(
      "script",
      [
        "#!/bin/sh",
        'case "$reason" in',
        `PREINIT | EXPIRE | FAIL | RELEASE | STOP) ip address flush dev ${INTERFACE} ;;`,
        "BOUND | REBOOT)",
        `  ${probe}`,
        // A NAK comes without a word to the script.
        `  ip address flush dev ${INTERFACE}`,
        `  ip address replace $new_ip_address/24 dev ${INTERFACE} ;;`,
        "esac",
        writeEntry(this.diary.file, ...NEW_LEASE),
      ],
      0o755,
    );
    this.write("conf", [
      "request subnet-mask, routers, domain-name-servers, domain-name, host-name;",
      "initial-interval 2;",
      "backoff-cutoff 4;",
      "retry 1;",
      ...more,
    ]);
    this.launch("dhclient", "-d", ...this.#files(), INTERFACE);
  }

  async bound(): Promise<DiaryEntry> {
    const entry = await this.diary.next("BOUND");
    // It says so once the lease is in its file.
    await this.program.says(new RegExp(`bound to ${entry.address} `));
    return entry;
  }

  /** Waits until it has the address that it had before it was started. */
  confirmed(): Promise<DiaryEntry> {
    return this.expectEntry(["REBOOT"], ["BOUND", "FAIL"]);
  }

  renewed(): Promise<DiaryEntry> {
    return this.expectEntry(["RENEW", "REBIND"], ["BOUND", "EXPIRE", "FAIL"]);
  }

  hurry(): Promise<void> {
    return Promise.resolve();
  }

  async release(): Promise<void> {
    await new Program(this.namespace.start("dhclient", "-d", "-r", ...this.#files(), INTERFACE)).ends();
    await this.diary.next("RELEASE");
  }

  async refused(): Promise<void> {
    await this.program.says(/DHCPNAK/);
  }

  #files(): string[] {
    const file = (name: string): string => this.file(name);
    return ["-4", "-sf", file("script"), "-cf", file("conf"), "-lf", file("leases"), "-pf", file("pid")];
  }
}

/** Roy Marples's; it always asks the LAN for who uses an address. */
export class Dhcpcd extends ClientHost {
  readonly name = "dhcpcd";

  start({ more = [] }: ClientOptions = {}): void {
    const script = this.write("script", ["#!/bin/sh", writeEntry(this.diary.file, ...NEW_LEASE)], 0o755);
    const conf = this.write("conf", [
      "ipv4only",
      "duid",
      "option routers, domain_name_servers, domain_name, host_name",
      "require dhcp_server_identifier",
      ...more,
    ]);
    // What it keeps is at places of its own, which nobody else is to see.
    const mounts = ["/run", "/var/lib/dhcpcd"].map((folder) => `mount -t tmpfs tmpfs ${folder} && `);
    const command = `${mounts.join("")}exec dhcpcd -B -f ${conf} -c ${script} ${INTERFACE}`;
    this.launch("unshare", "--mount", "sh", "-c", command);
  }

  bound(): Promise<DiaryEntry> {
    return this.diary.next("BOUND");
  }

  renewed(): Promise<DiaryEntry> {
    return this.expectEntry(["RENEW", "REBIND"], ["BOUND", "EXPIRE", "FAIL", "NAK"]);
  }

  /** It asks all servers. */
  hurry(): Promise<void> {
    return this.#tell("-n");
  }

  async release(): Promise<void> {
    await this.#tell("-k");
    await this.program.ends();
  }

  async refused(): Promise<void> {
    await this.diary.next("NAK");
  }

  /** Waits until it was told options for an address of its own. */
  informed(): Promise<DiaryEntry> {
    return this.diary.next("INFORM");
  }

  async #tell(...args: string[]): Promise<void> {
    const where = ["-t", `${this.program.child.pid}`, "-m"];
    await new Program(this.namespace.start("nsenter", ...where, "dhcpcd", ...args, INTERFACE)).ends();
  }
}
