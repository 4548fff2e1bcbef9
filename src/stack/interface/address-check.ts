import type { Ipv4Address, IpAddress, MacAddress } from "../../address/index.js";
import type { CheckResult } from "../../host/index.js";
import { ICMPV4_ECHO_REQUEST } from "../../wire/icmpv4.js";
import { sendIcmp } from "../icmp/send.js";
import type { Stack } from "../stack.js";
import { Timer, type TimerOwner } from "../timers.js";
import type { EthernetInterface } from "./ethernet.js";

/** Requests sent while a check waits, evenly spread: a single one is lost too easily on a radio link. */
export const CHECK_REQUESTS = 2;
/** Checks under way at most: whoever floods a DHCP server must not make it flood the link. */
export const MAX_CHECKS = 64;

/** One address that is asked about. */
class AddressCheck implements TimerOwner {
  readonly timer = new Timer(this);
  /** Of the echo requests; undefined where ARP asks. */
  readonly identifier: number | undefined;
  asked = 0;
  isOver = false;

  constructor(
    private readonly checks: AddressChecks,
    readonly device: EthernetInterface,
    readonly address: Ipv4Address,
    readonly interval: number,
    readonly done: (result: CheckResult) => void,
    isOnLink: boolean,
    random: number,
  ) {
    this.identifier = isOnLink ? undefined : random & 0xffff;
  }

  onTimer(now: number): void {
    this.checks.due(this, now);
  }
}

/** Finds out whether addresses are in use, for a DHCP server that is about to offer them (RFC 2131 §2.2). */
export class AddressChecks {
  readonly #checks: AddressCheck[] = [];

  constructor(private readonly stack: Stack) {}

  /**
   * Begins at the next poll.
   * @returns a function that cancels; undefined if there is no way to `address`, or too many checks are under way
   */
  start(
    device: EthernetInterface,
    address: Ipv4Address,
    wait: number,
    done: (result: CheckResult) => void,
  ): (() => void) | undefined {
    const { stack } = this;
    if (this.#checks.length === MAX_CHECKS) return undefined;
    const isOnLink = device.addresses.some((own) => own.contains(address));
    if (!isOnLink && stack.ip.path(address) === undefined) return undefined;
    const interval = wait / CHECK_REQUESTS;
    const check = new AddressCheck(this, device, address, interval, done, isOnLink, stack.random.uint32());
    this.#checks.push(check);
    stack.timers.set(check.timer, stack.now);
    stack.wake();
    return () => {
      check.isOver = true;
      this.forget(check);
    };
  }

  /** Whether an address is being asked about. @param value as `Ipv4Address.value` */
  isChecking(value: number): boolean {
    for (const { address } of this.#checks) {
      if (address.value === value) return true;
    }
    return false;
  }

  /** An ARP packet says that `owner`, on the link of `device`, uses `address`. */
  heard(device: EthernetInterface, address: Ipv4Address, owner: MacAddress): void {
    const asksHere = (check: AddressCheck): boolean =>
      check.identifier === undefined && check.device === device;
    this.finish((check) => asksHere(check) && check.address.equals(address), { free: false, owner });
  }

  /** Somebody has answered an echo request. @returns false if it was none of these */
  answered(address: IpAddress, identifier: number): boolean {
    const isMeant = (check: AddressCheck): boolean =>
      check.identifier === identifier && check.address.equals(address);
    return this.finish(isMeant, { free: false, owner: undefined });
  }

  due(check: AddressCheck, now: number): void {
    const { stack } = this;
    const { address, identifier } = check;
    if (stack.ownsIpv4(address.value))
      this.finish((one) => one === check, { free: false, owner: check.device.mac });
    else if (check.asked === CHECK_REQUESTS) this.finish((one) => one === check, { free: true });
    else {
      check.asked++;
      stack.timers.set(check.timer, now + check.interval);
      if (identifier === undefined) check.device.arp.request(address, undefined);
      else this.ping(address, identifier, check.asked);
    }
  }

  private ping(address: Ipv4Address, identifier: number, sequence: number): void {
    const path = this.stack.ip.path(address);
    if (path === undefined) return;
    sendIcmp(this.stack, path, ICMPV4_ECHO_REQUEST, 0, (identifier << 16) | sequence, new Uint8Array(0));
  }

  private finish(isMeant: (check: AddressCheck) => boolean, result: CheckResult): boolean {
    const finished = this.#checks.filter(isMeant);
    for (const check of finished) {
      this.forget(check);
      this.stack.defer({
        queued: false,
        runTask: () => {
          if (!check.isOver) check.done(result);
        },
      });
    }
    return finished.length > 0;
  }

  private forget(check: AddressCheck): void {
    this.stack.timers.clear(check.timer);
    const at = this.#checks.indexOf(check);
    if (at >= 0) this.#checks.splice(at, 1);
  }
}
