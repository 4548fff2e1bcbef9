import { describe, expect, it } from "@jest/globals";
import { ClientDialogue, NAK, OFFERED } from "./client-dialogue.js";
import { OTHER_SERVER } from "./messages.js";

describe("the link goes down and up", () => {
  it("a lease in use is confirmed at once, and its address stays meanwhile", () => {
    const client = new ClientDialogue().bind().until(60_000).link(false);
    expect(client.take()).toEqual(["60000 INIT-REBOOT"]);
    client.until(70_000).link(true).until(70_000);
    expect(client.take()).toEqual([
      "70000 REBOOTING",
      expect.stringMatching(/^70000 0\.0\.0\.0 > 255\.255\.255\.255:67 REQUEST .* requested=10\.0\.0\.100$/),
    ]);
    client.until(70_010).receive("ACK");
    expect(client.take()).toEqual(["70010 BOUND", "70010 rebooted", "70010 announce 10.0.0.100"]);
    expect(client.machine.lease?.obtainedAt).toBe(70_000);
  });

  it("a server of another network refuses the lease, and a new one is asked for", () => {
    const client = new ClientDialogue().bind().until(60_000).link(false).link(true).until(60_000);
    client.take();
    client.receive("NAK", {}, { ...NAK, serverIdentifier: OTHER_SERVER });
    expect(client.take()).toEqual(["60000 forget", "60000 configure nothing", "60000 nak", "60000 INIT"]);
    expect(client.until(60_000).machine.state).toBe("SELECTING");
  });

  it("where nobody answers, the lease goes on", () => {
    const client = new ClientDialogue().bind().until(60_000).link(false).link(true).until(88_000);
    expect(client.machine.state).toBe("BOUND");
    expect(client.deadline).toBe(1_800_000);
    expect(client.take().filter((line) => line.includes("configure"))).toEqual([]);
  });

  it("a lease that was due while the link was down is extended when nobody confirms it", () => {
    const client = new ClientDialogue().bind().until(60_000).link(false).until(3_200_000).link(true);
    expect(client.until(3_228_000).machine.state).toBe("REBINDING");
  });

  it("while it is down nothing is sent, and the lease ends when it does", () => {
    const client = new ClientDialogue().bind().link(false).until(10_000_000);
    expect(client.take()).toEqual([
      "0 INIT-REBOOT",
      "3600000 configure nothing",
      "3600000 expired",
      "3600000 INIT",
    ]);
    expect(client.deadline).toBe(Infinity);
  });

  it("a lease that ends while it is being confirmed ends on time", () => {
    const client = new ClientDialogue().bind().link(false).until(3_599_000).link(true).until(3_600_000);
    expect(client.take()).toContain("3600000 expired");
  });

  it.each(["SELECTING", "REQUESTING"] as const)("a search begins anew from %s", (state) => {
    const client = new ClientDialogue().start();
    if (state === "REQUESTING") client.receive("OFFER");
    client.until(2_000).link(false);
    expect(client.machine.state).toBe("INIT");
    client.until(500_000).take();
    client.link(true).until(500_000);
    expect(client.machine.state).toBe("SELECTING");
    expect(client.sent.at(-1)).toMatchObject({ type: "DISCOVER", secs: 0 });
  });

  it("a lease whose address was being probed is confirmed, not asked for again", () => {
    const client = new ClientDialogue().start().receive("OFFER").receive("ACK").until(2_000).link(false);
    client.until(5_000).link(true).until(5_000).receive("ACK");
    expect(client.machine.state).toBe("PROBING");
    expect(client.probed({ free: true }).take()).toContain("5000 rebooted");
  });

  it("a link that flaps all the time has one question a second to carry", () => {
    const client = new ClientDialogue().bind();
    for (let now = 100; now <= 60_000; now += 100) client.until(now).link(now % 200 === 0);
    expect(client.sendTimes("REQUEST").length).toBeLessThanOrEqual(60);
  });

  it("a client that is started before the link is up waits for it", () => {
    const client = new ClientDialogue().start(false).until(60_000);
    expect(client.take()).toEqual(["0 INIT"]);
    client.link(true).until(60_000);
    expect(client.machine.state).toBe("SELECTING");
  });

  it("an unchanged link is nothing new", () => {
    const client = new ClientDialogue().bind({ ...OFFERED }).link(true);
    expect(client.take()).toEqual([]);
  });
});
