import { describe, expect, it } from "@jest/globals";
import type { Tcp } from "../../src/host/index.js";
import { MAX_LOOPBACK_FRAMES } from "../../src/stack/interface/loopback.js";
import { Machine, OWN_IP } from "./support/machine.js";
import { pattern } from "./support/segment-spec.js";

describe.each(["127.0.0.1", "127.1.2.3", OWN_IP])("a host talking to itself at %s", (address) => {
  it("gets its own datagrams", () => {
    const machine = new Machine();
    const heard: string[] = [];
    new machine.stack.io.UDP({
      port: 9,
      onReadable() {
        const datagram = this.read()!;
        heard.push(`${Buffer.from(datagram).toString()} from ${datagram.address}`);
      },
    });
    new machine.stack.io.UDP({}).write(Buffer.from("hello"), address, 9);
    expect(heard).toEqual([]);
    machine.settle();
    expect(heard).toEqual([`hello from ${address}`]);
    expect(machine.sent).toEqual([]);
  });

  it("connects to its own listener, and sends 50 kB each way", () => {
    const machine = new Machine();
    const { io } = machine.stack;
    const data = pattern(0, 50_000);
    const received: Record<string, Buffer[]> = { client: [], server: [] };
    const talk = (name: string) => ({
      onWritable(this: Tcp) {
        if (this.target === "sent") return;
        this.target = "sent";
        this.write(data);
      },
      onReadable(this: Tcp) {
        received[name]!.push(Buffer.from(this.read() as ArrayBuffer));
      },
    });
    const listener = new io.Listener({
      port: 80,
      onReadable() {
        new io.TCP({ from: this.read()!, ...talk("server") });
      },
    });
    const client = new io.TCP({ address, port: 80, ...talk("client") });
    machine.settle();
    machine.advance(10_000);
    for (const chunks of Object.values(received)) expect(Buffer.concat(chunks).equals(data)).toBe(true);
    expect(client).toMatchObject({ remoteAddress: address, remotePort: 80 });
    expect(machine.sent).toEqual([]);
    listener.close();
  });

  it("is refused by its own closed port", () => {
    const machine = new Machine();
    const errors: string[] = [];
    new machine.stack.io.TCP({ address, port: 81, onError: (error) => errors.push(String(error)) });
    machine.settle();
    expect(errors).toEqual([expect.stringContaining("ECONNREFUSED")]);
  });
});

describe("the loopback interface", () => {
  it("works without a link and without configuration", () => {
    const machine = new Machine();
    machine.eth0.configure(undefined);
    const socket = new machine.stack.io.UDP({ port: 9 });
    socket.write(Buffer.from("x"), "127.0.0.1", 9);
    machine.settle();
    expect(socket.read()!.byteLength).toBe(1);
  });

  it("bounds the frames on their way", () => {
    const machine = new Machine();
    const socket = new machine.stack.io.UDP({});
    for (let i = 0; i < MAX_LOOPBACK_FRAMES + 2; i++) socket.write(Buffer.from("x"), "127.0.0.1", 9);
    expect(machine.stack.counters.drops).toEqual({ "loopback-queue-full": 2 });
  });

  it("tells of its own closed UDP ports", () => {
    const machine = new Machine();
    const errors: string[] = [];
    const socket = new machine.stack.io.UDP({ onError: (error) => errors.push(String(error)) });
    socket.write(Buffer.from("x"), "127.0.0.1", 9);
    machine.settle();
    expect(errors).toEqual([expect.stringMatching(/127\.0\.0\.1:9.*ECONNREFUSED/)]);
  });
});
