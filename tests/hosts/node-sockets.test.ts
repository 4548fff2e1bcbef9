import { afterAll, beforeAll } from "@jest/globals";
import { spawn } from "node:child_process";
import { nodeIo, nodeTimers, processClock } from "../../hosts/node/index.js";
import { describeSuite } from "../conformance/sockets/describe-suite.js";
import {
  kernelFlood,
  LINUX_PEER_PROGRAM,
  LINUX_PEER_SCRIPT,
  LinuxPeer,
} from "../conformance/sockets/linux-peer.js";
import { runCase } from "../conformance/sockets/suite/run.js";
import { describeWithTool } from "../support/tools.js";

const ADDRESS = "127.0.0.1";
/** On a busy machine a case may take long; only what hangs shall fail. In ms. */
const PATIENCE = 50_000;

describeWithTool(LINUX_PEER_PROGRAM, "Node's sockets over loopback", () => {
  let peer: LinuxPeer;

  beforeAll(() => {
    peer = new LinuxPeer(spawn(LINUX_PEER_PROGRAM, [LINUX_PEER_SCRIPT, ADDRESS]));
  });

  afterAll(() => peer.stop());

  describeSuite("Node, loopback", (test) =>
    runCase(test, {
      provider: { io: nodeIo, timers: nodeTimers },
      clock: processClock,
      address: ADDRESS,
      peer,
      peerAddress: ADDRESS,
      broadcastAddress: "127.255.255.255",
      quietTime: 30,
      patience: PATIENCE,
      bulk: 1024 * 1024,
      flood: kernelFlood(),
      close: () => Promise.resolve(),
    }),
  );
});
