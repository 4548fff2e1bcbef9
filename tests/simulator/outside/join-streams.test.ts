import { expect, it } from "@jest/globals";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { Tcp, TcpCallbacks } from "../../../src/host/index.js";
import { joinStreams } from "../../../simulator/outside/join-streams.js";

it("loses nothing if room comes free while virtual time is brought up to date", async () => {
  const outside = new Duplex({ read: () => undefined, write: (_, __, done) => done() });
  let written = "";
  const inside: Partial<Tcp> = {
    write: (data) => {
      written += Buffer.from(data as Uint8Array).toString();
      return 0;
    },
    read: () => undefined,
    close: () => undefined,
  };
  let callbacks: TcpCallbacks = {};
  const makeRoom = (): void => callbacks.onWritable!.call(inside as Tcp, 4);
  let isBehind = true;
  const now = (action: () => void): void => {
    if (isBehind) makeRoom();
    isBehind = false;
    action();
  };
  joinStreams(outside as Socket, { now }, (given) => {
    callbacks = given;
    return inside as Tcp;
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  outside.push("abcdefgh");
  await turn();
  outside.push("ijkl");
  for (let count = 0; count < 5; count++) {
    await turn();
    makeRoom();
  }
  expect(written).toBe("abcdefghijkl");
  outside.destroy();
});
