import { describe, expect, it } from "@jest/globals";
import { certificate, type CertificateName } from "../../support/certificates/index.js";
import { call, serve, type Call } from "./support/pair.js";
import { PLACES } from "./support/places.js";

interface Refusal {
  readonly what: string;
  readonly server: CertificateName;
  readonly call?: Partial<Call>;
  readonly code: string;
  readonly message: string;
}

const REFUSALS: readonly Refusal[] = [
  {
    what: "an authority that Node does not know",
    server: "local",
    code: "EACCES",
    message: "its certificate is signed by an authority that is not trusted here",
  },
  {
    what: "another authority than the one that is trusted",
    server: "stranger",
    call: { ca: certificate("local").ca },
    code: "EACCES",
    message: "its certificate is signed by an authority that is not trusted here",
  },
  {
    what: "a certificate that has signed itself",
    server: "self-signed",
    code: "EACCES",
    message: "its certificate is self-signed, and not one that is trusted here",
  },
  {
    what: "a certificate that has expired",
    server: "expired",
    call: { ca: certificate("expired").ca },
    code: "EACCES",
    message: "its certificate has expired",
  },
  {
    what: "a certificate whose time has not come",
    server: "not-yet-valid",
    call: { ca: certificate("not-yet-valid").ca },
    code: "EACCES",
    message: "its certificate is not valid yet",
  },
  {
    what: "a certificate for other names",
    server: "example",
    call: { ca: certificate("example").ca, name: "device.local" },
    code: "EACCES",
    message: "its certificate is for example.org, *.example.org, not for device.local",
  },
  {
    what: "a wildcard for two labels",
    server: "example",
    call: { ca: certificate("example").ca, name: "a.b.example.org" },
    code: "EACCES",
    message: "its certificate is for example.org, *.example.org, not for a.b.example.org",
  },
  {
    what: "a certificate for other addresses",
    server: "local",
    call: { ca: certificate("local").ca, name: "10.9.9.9" },
    code: "EACCES",
    message: ", 192.168.1.11, device.local, not for 10.9.9.9",
  },
];

describe.each(PLACES)("a TLS client over %s", (_, open) => {
  it.each(REFUSALS)("refuses $what", async ({ server: name, call: options, code, message }) => {
    const place = open();
    const server = serve(place, certificate(name));
    const { port } = server.listener;
    const client = call(place, { port, ...options });
    await place.until(() => client.events.length > 0);
    expect(client.events).toEqual(["error"]);
    expect(client.error).toMatchObject({ name: "NetworkError", code, operation: "connect" });
    expect(client.error!.subject).toBe(`${place.address}:${port}`);
    expect(client.error!.message).toContain(message);
  });

  it.each<{ what: string; server: CertificateName; call: Partial<Call> }>([
    { what: "self-signed and trusted", server: "self-signed", call: { ca: certificate("self-signed").cert } },
    {
      what: "by one of several authorities",
      server: "local",
      call: { ca: [certificate("stranger").ca, Buffer.from(certificate("local").ca)] },
    },
    {
      what: "for a wildcard",
      server: "example",
      call: { ca: certificate("example").ca, name: "www.example.org" },
    },
    {
      what: "for the name in capitals",
      server: "local",
      call: { ca: certificate("local").ca, name: "LOCALHOST" },
    },
    { what: "of anybody, if nothing is verified", server: "expired", call: { rejectUnauthorized: false } },
  ])("takes a certificate $what", async ({ server: name, call: options }) => {
    const place = open();
    const server = serve(place, certificate(name));
    const client = call(place, { port: server.listener.port, ...options });
    await place.until(() => client.events.length > 0);
    expect(client.error).toBeUndefined();
    expect(client.events).toEqual(["writable"]);
  });
});

describe("a TLS client's verification", () => {
  it("can't be turned off by the environment", async () => {
    const place = PLACES[0]![1]();
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      const server = serve(place, certificate("local"));
      const client = call(place, { port: server.listener.port });
      await place.until(() => client.events.length > 0);
      expect(client.error).toMatchObject({ code: "EACCES" });
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  it("needs a name, and authorities that are certificates", () => {
    const place = PLACES[0]![1]();
    expect(() => call(place, { port: 1, name: "" })).toThrow("no server name given (EINVAL)");
    const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    expect(() => call(place, { port: 1, ca: broken })).toThrow(/trust certificates: .* \(EINVAL\)/);
  });
});
