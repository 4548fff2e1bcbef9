import type { Branch } from "./branch.js";
import type { IPV4_FIELDS } from "./ipv4.js";
import type { Scope } from "./scope.js";

const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
const ROUTER_ALERT = 148;

/** The options between `at` and `end` (RFC 791 §3.1). */
export function addIpv4Options(
  scope: Scope,
  layer: Branch<keyof typeof IPV4_FIELDS>,
  at: number,
  end: number,
): void {
  const { bytes } = scope;
  while (at < end) {
    const type = bytes[at]!;
    const isSingle = type === END_OF_OPTIONS || type === NO_OPERATION;
    const length = isSingle ? 1 : (bytes[at + 1] ?? 0);
    const option = layer.add("ip.opt.type", at, length, type);
    if (type === END_OF_OPTIONS) return;
    if (!isSingle) {
      if (length < 2 || at + length > end) return scope.malformed(`an option of ${length} bytes`);
      option.add("ip.opt.len", at + 1, 1);
      if (type === ROUTER_ALERT && length === 4) option.add("ip.opt.ra", at + 2, 2);
      else if (length > 2) option.add("ip.opt.data", at + 2, length - 2);
    }
    at += length;
  }
}
