import { afterAll, describe, expect, it } from "@jest/globals";
import { X509Certificate, createPrivateKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { wirelet } from "./support/wirelet.js";

const folder = mkdtempSync(join(tmpdir(), "wirelet-certificate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DAY = 86_400_000;

function files(name: string): { key: string; cert: string; ca: string; path(file: string): string } {
  const path = (file: string): string => join(folder, name, file);
  const read = (file: string): string => readFileSync(path(file), "utf8");
  return { key: read("key.pem"), cert: read("cert.pem"), ca: read("ca.pem"), path };
}

describe("wirelet certificate", () => {
  it("makes a certificate for the names it is given, by an authority that clients can trust", async () => {
    const names = ["device.local", "*.example.org", "192.168.1.11", "fd00::1"];
    const out = join(folder, "named");
    const options = names.flatMap((name) => ["--name", name]);
    const run = await wirelet("certificate", "--out", out, "--days", "30", ...options);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toBe(
      `For ${names.join(", ")}:\n${["key", "cert", "ca"].map((file) => `  ${out}/${file}.pem\n`).join("")}`,
    );
    const { key, cert, ca, path } = files("named");
    expect(statSync(path("key.pem")).mode & 0o777).toBe(0o600);

    const certificate = new X509Certificate(cert);
    const authority = new X509Certificate(ca);
    expect(cert.endsWith(ca)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.checkIssued(authority)).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect([certificate.ca, authority.ca]).toEqual([false, true]);
    for (const name of ["device.local", "www.example.org"]) expect(certificate.checkHost(name)).toBeDefined();
    for (const address of ["192.168.1.11", "fd00::1"]) expect(certificate.checkIP(address)).toBe(address);
    expect(certificate.checkHost("localhost")).toBeUndefined();
    // Server authentication, and nothing else.
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);

    const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
    expect(to - from).toBe(30 * DAY);
    expect(from).toBeLessThan(Date.now());
  });

  it("makes one for this computer, once: what is there stays unless it is forced", async () => {
    const out = join(folder, "local");
    expect(await wirelet("certificate", "--out", out)).toMatchObject({ status: 0 });
    const before = files("local");
    const certificate = new X509Certificate(before.cert);
    for (const name of ["localhost", hostname()]) expect(certificate.checkHost(name)).toBeDefined();
    for (const address of ["127.0.0.1", "::1"]) expect(certificate.checkIP(address)).toBeDefined();

    expect(await wirelet("certificate", "--out", out)).toMatchObject({
      status: 2,
      stderr: `wirelet: ${out}/key.pem is there already; --force replaces it. Try --help.\n`,
    });
    expect(files("local").key).toBe(before.key);
    expect(await wirelet("certificate", "--out", out, "--force")).toMatchObject({ status: 0 });
    const after = files("local");
    expect(after.key).not.toBe(before.key);
    // Whoever trusts several must be able to tell them apart.
    expect(new X509Certificate(after.ca).subject).not.toBe(new X509Certificate(before.ca).subject);
  });

  it.each([
    [["--name", "two words"], 1, "make certificate for two words: neither a DNS name nor an IP address"],
    [["--name", ""], 2, "--name takes a value."],
    [["--days", "0"], 2, "--days takes a whole number from 1 to 825"],
    [["--days", "826"], 2, "--days takes a whole number from 1 to 825"],
  ])("refuses %j", async (args, status, message) => {
    const run = await wirelet("certificate", "--out", join(folder, "refused"), ...args);
    expect(run.status).toBe(status);
    expect(run.stderr).toContain(message);
  });

  it("says in one line if there can be no such folder", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const run = await wirelet("certificate", "--out", file, "--name", "localhost");
    expect(run).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^wirelet: make folder .*\(EINVAL\)\n$/),
    });
  });
});
