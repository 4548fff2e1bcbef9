/**
 * The DHCP client's state machine (RFC 2131 §4.4, figure 5). Bytes and the time come in through methods, everything
 * else goes out through the sink. `now` is monotonic milliseconds.
 *
 *     STOPPED → INIT → SELECTING → REQUESTING → PROBING → BOUND → RENEWING → REBINDING → INIT
 *     STOPPED → INIT-REBOOT → REBOOTING → PROBING          from a stored lease
 *     BOUND … → INIT-REBOOT → REBOOTING → BOUND            when the link was down
 *
 * What is done in a state stands in selecting.ts, probing.ts, extending.ts and rebooting.ts, how answers are judged in
 * receiving.ts, and what all of them share in core.ts, to be read first. A link-local address is the business of another
 * machine beside it, link-local.ts, tied to this one in fallback.ts.
 */
import type { Ipv4Address, MacAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import type { ProbeResult } from "../../host/index.js";
import type { DhcpBinding } from "./binding.js";
import { ClientCore } from "./core.js";
import type { DhcpClientSink, DhcpIgnoreReason } from "./events.js";
import { extendLease, releaseLease } from "./extending.js";
import { fallbackDeadline, linkLocalConflicted, pollFallback } from "./fallback.js";
import type { DhcpLease } from "./lease.js";
import { identify } from "./messages.js";
import type { DhcpClientMachineOptions } from "./options.js";
import { bind, declineLease } from "./probing.js";
import { linkDown, linkUp, pollRebooting, startRebooting } from "./rebooting.js";
import { receiveMessage } from "./receiving.js";
import { pollRequesting, pollSelecting, startSelecting } from "./selecting.js";
import type { DhcpClientState } from "./states.js";
import { recallLease } from "./storing.js";

export class DhcpClientMachine {
  readonly #core: ClientCore;
  /** When the sink was last asked to wake this. */
  #wakesAt = Infinity;

  /**
   * @throws NetworkError EINVAL if something cannot be sent or does not go together, EMSGSIZE if the options to be sent are
   * longer than every server must take
   */
  constructor(options: DhcpClientMachineOptions, sink: DhcpClientSink) {
    const { mac, mtu } = options;
    if (options.rapidCommit === true && options.choose !== undefined)
      throw new NetworkError("EINVAL", "start DHCP", undefined, "a rapid commit leaves nothing to choose");
    this.#core = new ClientCore(options, identify(mac, mtu, options), sink);
  }

  get state(): DhcpClientState {
    return this.#core.state;
  }

  /** The lease in use. */
  get lease(): DhcpLease | undefined {
    return this.#core.lease;
  }

  /** What is configured, and why. */
  get binding(): DhcpBinding | undefined {
    return this.#core.binding;
  }

  /** Messages dropped, by reason. */
  get ignored(): Readonly<Partial<Record<DhcpIgnoreReason, number>>> {
    return this.#core.ignored;
  }

  /**
   * Begins at the next `poll`, or when the link is up.
   * @param stored what `DhcpClientSink.store` was last given, if there is anything
   */
  start(now: number, isLinkUp = true, stored?: Uint8Array): void {
    const core = this.#core;
    if (core.state !== "STOPPED") return;
    core.setbacks = 0;
    core.storedFrom = -1;
    core.startedAt = -Infinity;
    core.isLinkUp = isLinkUp;
    core.linkLocalAt = now + core.linkLocalWait;
    if (stored !== undefined) recallLease(core, stored, now);
    if (core.candidate === undefined) core.restart(now);
    else {
      core.enter("INIT-REBOOT");
      core.deadline = isLinkUp ? now : Infinity;
    }
    this.rearm();
  }

  /** Ends the use of the address. @param keepLease not to give it back, so that the next start can have it again */
  stop(now: number, keepLease = false): void {
    const core = this.#core;
    if (core.state === "STOPPED") return;
    const { lease } = core;
    core.endProbe();
    core.linkLocal?.pause(now);
    core.linkLocal = undefined;
    if (!keepLease) releaseLease(core);
    if (core.binding !== undefined)
      core.change(lease !== undefined && !keepLease ? "released" : "stopped", undefined, now);
    core.candidate = undefined;
    core.offers = [];
    core.linkLocalAt = Infinity;
    core.enter("STOPPED");
    core.deadline = Infinity;
    this.rearm();
  }

  /** Does what is due. */
  poll(now: number): void {
    this.#wakesAt = NaN;
    try {
      pollFallback(this.#core, now);
      if (now >= this.#core.deadline) act(this.#core, now);
    } finally {
      // Even if the policy has thrown.
      this.rearm();
    }
  }

  /** Takes a message that arrived on port 68; it is borrowed until this returns. */
  receive(bytes: Uint8Array, now: number): void {
    receiveMessage(this.#core, bytes, now);
    this.rearm();
  }

  /** Takes the result of the probe of `address` that the sink was asked for. */
  probed(address: Ipv4Address, result: ProbeResult, now: number): void {
    const core = this.#core;
    const { candidate, linkLocal } = core;
    if (core.state === "PROBING" && candidate !== undefined && candidate.address.equals(address)) {
      core.cancelProbe = undefined;
      if (result.free) bind(core, true, now);
      else declineLease(core, candidate, result.owner, now);
    } else if (linkLocal !== undefined && linkLocal.address.equals(address)) {
      linkLocal.probed(result, now);
    }
    this.rearm();
  }

  /** The address in use had to be given up to `owner` (RFC 5227 §2.4). */
  conflicted(address: Ipv4Address, owner: MacAddress, now: number): void {
    const core = this.#core;
    const { binding, lease } = core;
    if (binding === undefined || !binding.configuration.address.equals(address)) return;
    if (lease === undefined) linkLocalConflicted(core, owner, now);
    else {
      core.lose("conflict", now);
      declineLease(core, lease, owner, now);
    }
    this.rearm();
  }

  /** The link went up or down. */
  linkChanged(isUp: boolean, now: number): void {
    const core = this.#core;
    if (core.isLinkUp === isUp) return;
    if (isUp) linkUp(core, now);
    else linkDown(core, now);
    this.rearm();
  }

  private rearm(): void {
    const core = this.#core;
    const deadline = Math.min(core.deadline, fallbackDeadline(core));
    if (deadline === this.#wakesAt) return;
    this.#wakesAt = deadline;
    core.sink.wake(deadline);
  }
}

/** The deadline of the state is there. */
function act(core: ClientCore, now: number): void {
  switch (core.state) {
    case "INIT":
      return startSelecting(core, now);
    case "SELECTING":
      return pollSelecting(core, now);
    case "REQUESTING":
      return pollRequesting(core, now);
    case "INIT-REBOOT":
      return startRebooting(core, now);
    case "REBOOTING":
      return pollRebooting(core, now);
    case "PROBING":
      return bind(core, false, now);
    case "BOUND":
    case "RENEWING":
    case "REBINDING":
      return extendLease(core, now);
    case "STOPPED":
  }
}
