import { NetworkError } from "../../error/index.js";
import { emitDhcp, type DhcpMessage, type DhcpRawOption } from "../../wire/index.js";
import type { DhcpServerMessage } from "./replies.js";

/**
 * What a client is told of `settings`, where the first that has an option counts: all that it asks for, in the order of
 * its list, which starts with what it wants most (RFC 2132 §9.8); without a list, everything.
 */
export function askedOptions(
  list: Uint8Array | undefined,
  settings: readonly (readonly DhcpRawOption[])[],
): DhcpRawOption[] {
  const known = new Map<number, DhcpRawOption>();
  for (const options of settings) {
    for (const option of options) if (!known.has(option.code)) known.set(option.code, option);
  }
  if (list === undefined) return [...known.values()];
  const asked: DhcpRawOption[] = [];
  for (const code of new Set(list)) {
    const option = known.get(code);
    if (option !== undefined) asked.push(option);
  }
  return asked;
}

/**
 * The bytes of a message with those of `asked` that fit into it, the first ones first.
 * @returns undefined if not even the message without them does
 */
export function emitFitting(
  message: DhcpServerMessage,
  asked: readonly DhcpRawOption[],
  limit: number,
): Uint8Array | undefined {
  const whole = emitWith(message, asked, limit);
  if (whole !== undefined) return whole;
  const fitting: DhcpRawOption[] = [];
  let best = emitWith(message, fitting, limit);
  if (best === undefined) {
    const { relayAgentInformation, ...options } = message.options;
    // RFC 3046 §2.2: an answer goes without what the relay added rather than not at all.
    return relayAgentInformation && emitFitting({ ...message, options }, asked, limit);
  }
  for (const option of asked) {
    const bytes = emitWith(message, [...fitting, option], limit);
    if (bytes === undefined) continue;
    fitting.push(option);
    best = bytes;
  }
  return best;
}

function emitWith(
  message: DhcpMessage,
  others: readonly DhcpRawOption[],
  limit: number,
): Uint8Array | undefined {
  try {
    return emitDhcp({ ...message, options: { ...message.options, others } }, limit);
  } catch (error) {
    if (error instanceof NetworkError && error.code === "EMSGSIZE") return undefined;
    throw error;
  }
}
