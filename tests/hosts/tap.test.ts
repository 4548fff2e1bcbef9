import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { macFromName } from "../../hosts/node/mac-from-name.js";
import { NetworkNamespace, type ScriptProcess } from "../support/namespace.js";
import { describeWith, requireTap, requireTool } from "../support/tools.js";

const RESPONDER = "tests/hosts/support/tap-responder.ts";
const requirements = [
  requireTap(),
  requireTool("ping", "iputils-ping"),
  requireTool("arping", "iputils-arping"),
  requireTool("setpriv", "util-linux"),
];

interface OpenEvent {
  readonly event: string;
  readonly mac: string;
  readonly up: boolean;
}

interface ErrorEvent {
  readonly event: "error";
  readonly code: string;
  readonly message: string;
}

describeWith(requirements, "TAP device against the real kernel", () => {
  let namespace: NetworkNamespace;

  beforeEach(() => {
    namespace = new NetworkNamespace();
  });

  afterEach(() => namespace.remove());

  /** A responder at 10.9.0.2, and the kernel's end of its TAP device at 10.9.0.1. */
  async function startResponder(): Promise<{ responder: ScriptProcess; opened: OpenEvent }> {
    const responder = namespace.startScript(RESPONDER, "tap0", "10.9.0.2");
    const opened = await responder.next<OpenEvent>();
    namespace.run("ip", "address", "add", "10.9.0.1/24", "dev", "tap0");
    namespace.run("ip", "link", "set", "tap0", "up");
    return { responder, opened };
  }

  it("carries ARP and ping both ways, and goes when it is closed", async () => {
    const { responder, opened } = await startResponder();
    expect(opened).toEqual({ event: "open", name: "tap0", mac: macFromName("tap0").toString(), up: false });

    const arping = await namespace.try("arping", "-c", "2", "-I", "tap0", "10.9.0.2");
    expect(arping.output).toContain(`[${opened.mac}]`);
    expect(arping.status).toBe(0);
    const ping = await namespace.try("ping", "-c", "200", "-i", "0.002", "-s", "1472", "10.9.0.2");
    expect(ping.output).toContain("200 received");

    expect(await responder.finish()).toEqual({ status: 0, errors: "" });
    expect(namespace.run("ip", "link", "show")).not.toContain("tap0");
  });

  it("has another MAC than the kernel's end", async () => {
    const { opened } = await startResponder();
    expect(namespace.run("ip", "link", "show", "tap0").toUpperCase()).not.toContain(opened.mac);
  });

  it("says whether the kernel's end is up", async () => {
    const { responder } = await startResponder();
    expect(await responder.next()).toEqual({ event: "link", up: true });
    namespace.run("ip", "link", "set", "tap0", "down");
    expect(await responder.next()).toEqual({ event: "link", up: false });
    namespace.run("ip", "link", "set", "tap0", "up");
    expect(await responder.next()).toEqual({ event: "link", up: true });
    const ping = await namespace.try("ping", "-c", "1", "10.9.0.2");
    expect(ping.output).toContain("1 received");
  });

  it("sees the interface deleted under it", async () => {
    const { responder } = await startResponder();
    expect(await responder.next()).toEqual({ event: "link", up: true });
    namespace.run("ip", "link", "delete", "tap0");
    expect(await responder.next()).toEqual({ event: "link", up: false });
    expect(await responder.finish()).toEqual({ status: 0, errors: "" });
  });

  it("attaches to a persistent interface and leaves it there", async () => {
    namespace.run("ip", "tuntap", "add", "dev", "keep0", "mode", "tap");
    const responder = namespace.startScript(RESPONDER, "keep0", "10.9.0.2", "attach");
    expect(await responder.next()).toMatchObject({ event: "open" });
    expect(await responder.finish()).toEqual({ status: 0, errors: "" });
    expect(namespace.run("ip", "link", "show", "keep0")).toContain("keep0");
  });

  it("says so if there is nothing to attach to", async () => {
    const responder = namespace.startScript(RESPONDER, "none0", "10.9.0.2", "attach");
    const error = await responder.next<ErrorEvent>();
    expect(error.code).toBe("EADDRNOTAVAIL");
    expect(error.message).toContain("ip tuntap add dev none0 mode tap");
  });

  it("says so if another program has the interface open", async () => {
    await startResponder();
    const second = namespace.startScript(RESPONDER, "tap0", "10.9.0.3");
    expect(await second.next()).toEqual({
      event: "error",
      code: "EADDRINUSE",
      message: "open TAP device tap0: another program has it open (EADDRINUSE)",
    });
  });

  it("says so if the interface is no TAP device", async () => {
    const responder = namespace.startScript(RESPONDER, "lo", "10.9.0.2");
    expect((await responder.next<ErrorEvent>()).code).toBe("EINVAL");
  });

  it("says what to do if the right is missing", async () => {
    const tapWithoutRights = ["-r", "ts-node/register", RESPONDER, "tap0", "10.9.0.2"];
    const setpriv = ["setpriv", "--bounding-set", "-net_admin", process.execPath] as const;
    const { output } = await namespace.try(...setpriv, ...tapWithoutRights);
    const error = JSON.parse(output) as ErrorEvent;
    expect(error.code).toBe("EACCES");
    expect(error.message).toContain("needs CAP_NET_ADMIN: run as root");
    expect(error.message).toContain("ip tuntap add dev tap0 mode tap user $USER");
  });
});
