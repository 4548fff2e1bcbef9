import { expect, it, jest } from "@jest/globals";
import { makeCertificate } from "../../../hosts/node/tls/index.js";

// What it makes is tested where it is run as users run it, in tests/project/cli-certificate.test.ts.
jest.mock(
  "@peculiar/x509",
  () => {
    throw new Error("Cannot find module '@peculiar/x509'");
  },
  { virtual: true },
);

it("says what to install where the optional packages are missing", async () => {
  await expect(makeCertificate({ names: ["localhost"] })).rejects.toMatchObject({
    code: "ENOTSUP",
    message: expect.stringContaining('run "npm install @peculiar/x509 reflect-metadata"'),
  });
});

it.each([[["not a name"]], [[""]], [["-a"]], [["a..b"]], [["*"]], [["a.*.org"]], [[]]])(
  "refuses the names %j",
  async (names) => {
    await expect(makeCertificate({ names })).rejects.toMatchObject({ code: "EINVAL" });
  },
);

it.each([0, -1, 1.5, NaN])("refuses %d days", async (days) => {
  await expect(makeCertificate({ days })).rejects.toMatchObject({ code: "EINVAL" });
});
