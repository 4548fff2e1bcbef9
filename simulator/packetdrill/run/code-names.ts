import { TCP_INFO_OPTIONS, TCP_STATES } from "../kernel/tcp-info.js";
import { Flow } from "./flow.js";
import type { Flows } from "./flows.js";
import { NotOffered } from "../kernel/errno.js";
import type { Kernel } from "../kernel/kernel.js";

/** The names that code blocks have for numbers (Linux's). */
const CONSTANTS: Readonly<Record<string, number>> = Object.freeze({
  ...TCP_STATES,
  ...TCP_INFO_OPTIONS,
  TCP_CA_Open: 0,
  TCP_CA_Disorder: 1,
  TCP_CA_CWR: 2,
  TCP_CA_Recovery: 3,
  TCP_CA_Loss: 4,
  TCP_INFINITE_SSTHRESH: 0x7fff_ffff,
});

/** The value of a name in a code block: a constant, or what the connection of now tells. @throws NotOffered */
export function lookUpName(name: string, flows: Flows, kernel: Kernel): number | undefined {
  const constant = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
  if (constant !== undefined || !name.startsWith("tcpi_")) return constant;
  const value = infoOf(flows, kernel).get(name);
  if (value === undefined) throw new NotOffered(`${name} (the stack does not tell it)`);
  return value;
}

function infoOf({ subject }: Flows, kernel: Kernel): ReadonlyMap<string, number> {
  if (subject === undefined) throw new NotOffered("tcp_info without a socket");
  if (!(subject instanceof Flow)) return subject.info;
  return subject.socket?.info ?? kernel.infoOf(subject.localPort, subject.remotePort);
}
