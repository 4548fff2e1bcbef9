import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LeaseFile } from "../../hosts/node/leases/index.js";
import { Ipv4Address, MacAddress } from "../../src/address/index.js";
import type { StoredLease } from "../../src/dhcp/index.js";
import { PATIENCE } from "../support/program.js";
import { startWirelet, wirelet } from "./support/wirelet.js";

jest.setTimeout(2 * PATIENCE);

let folder: string;
let path: string;
let file: LeaseFile;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wirelet-leases-"));
  path = join(folder, "leases");
  file = new LeaseFile(path);
  file.record(lease(100, "lamp"));
});

afterEach(() => {
  file.close();
  rmSync(folder, { recursive: true });
});

/** A lease that never ends, so that the table is the same at any time. */
function lease(number: number, hostName: string): StoredLease {
  return {
    address: Ipv4Address.parse(`10.77.0.${number}`),
    mac: MacAddress.fromValue(0x0200_0000_0000 + number),
    hostName,
    state: "bound",
    duration: Infinity,
    expiresAt: Infinity,
  };
}

const TABLE = `1 bound
ADDRESS      MAC                STATE  EXPIRES IN  NAME
10.77.0.100  02:00:00:00:00:64  bound  never       lamp
`;

const ROW = {
  address: "10.77.0.100",
  mac: "02:00:00:00:00:64",
  clientId: null,
  hostName: "lamp",
  state: "bound",
  expiresIn: null,
  reserved: null,
};

describe("wirelet dhcp-leases", () => {
  it("prints the table of a file that a server has open", async () => {
    expect(await wirelet("dhcp-leases", path)).toMatchObject({ status: 0, stdout: TABLE, stderr: "" });
  });

  it("prints it as JSON", async () => {
    const { status, stdout } = await wirelet("dhcp-leases", path, "--json");
    expect({ status, lines: stdout.split("\n").length }).toEqual({ status: 0, lines: 2 });
    expect(JSON.parse(stdout)).toEqual({ leases: [ROW], faults: [] });
  });

  it("names the lines that are damaged, and prints the others", async () => {
    appendFileSync(path, "damaged\ntorn");
    expect(await wirelet("dhcp-leases", path)).toMatchObject({
      status: 0,
      stdout: TABLE,
      stderr: "line 3 is damaged\nline 4 is torn\n",
    });
    const { stdout } = await wirelet("dhcp-leases", path, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ leases: [ROW], faults: [{ line: 3 }, { line: 4 }] });
  });

  it("prints it again when it has changed, until it is asked to end", async () => {
    const program = startWirelet("dhcp-leases", path, "--watch");
    await program.says(/lamp\n$/);
    file.record(lease(101, "desk"));
    await program.says(/2 bound\n[^]*lamp\n[^]*desk\n$/);
    program.kill("SIGINT");
    expect(await program.ends()).toMatchObject({ status: 0, stderr: "" });
  });

  it("says in one line why there is none, with status 1", async () => {
    const missing = join(folder, "missing");
    expect(await wirelet("dhcp-leases", missing)).toMatchObject({
      status: 1,
      stdout: "",
      stderr: `wirelet: read lease file ${missing}: there is no such file (EINVAL)\n`,
    });
    const letter = join(folder, "letter");
    writeFileSync(letter, "Dear Anna,\n");
    const { status, stderr } = await wirelet("dhcp-leases", letter);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `wirelet: read lease file ${letter}: it is no lease file (EINVAL)\n`,
    });
  });
});
