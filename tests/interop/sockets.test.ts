import { afterAll, beforeAll, describe } from "@jest/globals";
import { describeSuite } from "../conformance/sockets/describe-suite.js";
import { LINUX_PEER_PROGRAM } from "../conformance/sockets/linux-peer.js";
import type { SocketCase } from "../conformance/sockets/suite/case.js";
import { ALL_TOPICS } from "../conformance/sockets/suite/cases/index.js";
import { NetworkNamespace, type ScriptProcess } from "../support/namespace.js";
import { describeWith, requireTap, requireTool } from "../support/tools.js";
import type { CaseResult } from "./support/socket-cases.js";

const SCRIPT = "tests/interop/support/socket-cases.ts";

describeWith([requireTap(), requireTool(LINUX_PEER_PROGRAM)], "sockets and Linux's own", () => {
  describe.each([
    { name: "stack", provider: "stack on TAP, Linux" },
    { name: "node", provider: "Node, a network of its own" },
  ] as const)("$provider", ({ name, provider }) => {
    let namespace: NetworkNamespace;
    let script: ScriptProcess;

    beforeAll(() => {
      namespace = new NetworkNamespace();
      script = namespace.startScript(SCRIPT, name);
    });

    afterAll(() => namespace.remove());

    describeSuite(provider, async (test: SocketCase) => {
      const topic = ALL_TOPICS.findIndex(({ cases }) => cases.includes(test));
      script.child.stdin!.write(`${JSON.stringify([topic, ALL_TOPICS[topic]!.cases.indexOf(test)])}\n`);
      const { failure } = await script.next<CaseResult>();
      if (failure !== undefined) throw new Error(failure);
    });
  });
});
