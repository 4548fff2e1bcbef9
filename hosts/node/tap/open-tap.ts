import { closeSync, constants, openSync, readFileSync } from "node:fs";
import type { MacAddress } from "../../../src/address/index.js";
import { NetworkError, type ErrorCode } from "../../../src/error/index.js";
import type { Clock } from "../../../src/host/index.js";
import { processClock } from "../process-clock.js";
import { loadLibc, type Libc } from "./libc.js";
import { OFFLOADS, VIRTIO_HEADER_LENGTH } from "./offload.js";
import { macFromName } from "../mac-from-name.js";
import { TapDevice } from "./tap-device.js";

/** The kernel's IFNAMSIZ less the zero that ends a name. */
export const MAX_INTERFACE_NAME_LENGTH = 15;

const CLONE_DEVICE = "/dev/net/tun";
const OPERATION = "open TAP device";

/** _IOW('T', 202, int) of linux/if_tun.h, as x86, ARM and RISC-V number it. */
const TUNSETIFF = 0x400454ca;
/** Ethernet frames, not IP packets. */
const IFF_TAP = 0x0002;
/** No header of flags and protocol before each frame. */
const IFF_NO_PI = 0x1000;
/** A struct virtio_net_hdr before each frame. */
const IFF_VNET_HDR = 0x4000;
/** _IOW('T', 208, unsigned int): what the kernel may leave undone in the frames that it hands over. */
const TUNSETOFFLOAD = 0x400454d0;
/** _IOW('T', 216, int): how long the header is; an interface that was there before may have another one. */
const TUNSETVNETHDRSZ = 0x400454d8;

/** struct ifreq: 16 bytes of name, then a union that holds the flags; 40 bytes where pointers have 64 bits. */
const IFREQ_SIZE = 40;
const IFREQ_FLAGS = 16;

/** From asm-generic/fcntl.h; Node's constants lack it. Keeps child processes from holding the interface. */
const O_CLOEXEC = 0o2000000;

export interface TapOptions {
  /** The kernel's interface: "tap0". */
  readonly interface: string;
  /** This end's MAC, which differs from the kernel's; absent: one made from the name, the same each time. */
  readonly mac?: MacAddress;
  /** Bytes of the largest IP packet; absent: 1500. */
  readonly mtu?: number;
  /** Takes an interface that there is already, and never makes one; absent: either. */
  readonly attach?: boolean;
  /**
   * True: TCP segments of up to 64 KiB cross the interface as one packet each way, and their checksums are left out:
   * several times as fast. For stacks, which know what to do with them; not for what passes frames on. Absent: false.
   */
  readonly offload?: boolean;
  /** Stamps what arrives; absent: `processClock`. */
  readonly clock?: Clock;
}

/**
 * Opens a Linux TAP device: the stack's frames come and go at a network interface of the kernel's. An interface that
 * did not exist is made, down and without an address, and goes when the device is closed.
 *
 * @throws NetworkError ENOTSUP (not Linux, no koffi, no /dev/net/tun), EACCES (needs CAP_NET_ADMIN), EADDRINUSE
 *   (somebody has it open), EADDRNOTAVAIL (`attach`, and there is none), EINVAL (no name for, or not a TAP interface)
 * @example
 * const link = await openTap({ interface: "tap0" });
 * stack.attach(link, { name: "tap0" });
 */
export async function openTap(options: TapOptions): Promise<TapDevice> {
  const name = options.interface;
  if (process.platform !== "linux") {
    throw new NetworkError(
      "ENOTSUP",
      OPERATION,
      name,
      `only Linux has TAP devices, this is ${process.platform}`,
    );
  }
  if (!isInterfaceName(name)) throw new NetworkError("EINVAL", OPERATION, name, "not an interface name");
  if (options.attach === true && !interfaceExists(name)) {
    const detail = `there is no such interface; make it with "ip tuntap add dev ${name} mode tap"`;
    throw new NetworkError("EADDRNOTAVAIL", OPERATION, name, detail);
  }
  const libc = await loadLibc();
  const descriptor = openCloneDevice(name);
  const offload = options.offload === true;
  const flags = IFF_TAP | IFF_NO_PI | (offload ? IFF_VNET_HDR : 0);
  const request = new Uint8Array(IFREQ_SIZE);
  request.set(new TextEncoder().encode(name));
  new Uint16Array(request.buffer, IFREQ_FLAGS, 1)[0] = flags;
  if (libc.ioctl(descriptor, TUNSETIFF, request) !== 0 || !setOffload(libc, descriptor, offload)) {
    const reason = libc.errorName();
    closeSync(descriptor);
    throw attachError(name, reason);
  }
  const clock = options.clock ?? processClock;
  const mac = options.mac ?? macFromName(name);
  return new TapDevice(libc, clock, descriptor, name, mac, options.mtu ?? 1500, offload);
}

/** An interface that stays keeps what its last user has set, so that it is set either way. @returns false on an error */
function setOffload(libc: Libc, descriptor: number, offload: boolean): boolean {
  const headerLength = new Uint8Array(Int32Array.of(VIRTIO_HEADER_LENGTH).buffer);
  if (offload && libc.ioctl(descriptor, TUNSETVNETHDRSZ, headerLength) !== 0) return false;
  return libc.ioctlNumber(descriptor, TUNSETOFFLOAD, offload ? OFFLOADS : 0) === 0;
}

function isInterfaceName(name: string): boolean {
  return new RegExp(`^[A-Za-z0-9._-]{1,${MAX_INTERFACE_NAME_LENGTH}}$`).test(name);
}

/** Asks /proc, which always shows this process's own network namespace; /sys may have been mounted in another. */
function interfaceExists(name: string): boolean {
  const lines = readFileSync("/proc/self/net/dev", "utf8").split("\n");
  return lines.some((line) => line.trimStart().startsWith(`${name}:`));
}

function openCloneDevice(name: string): number {
  try {
    return openSync(CLONE_DEVICE, constants.O_RDWR | constants.O_NONBLOCK | O_CLOEXEC);
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM") {
      throw new NetworkError("EACCES", OPERATION, name, `may not open ${CLONE_DEVICE}`);
    }
    const detail = `cannot open ${CLONE_DEVICE} (${code}); load the kernel module with "modprobe tun"`;
    throw new NetworkError("ENOTSUP", OPERATION, name, detail);
  }
}

/** What the kernel's answer to TUNSETIFF means. */
function attachError(name: string, reason: string): NetworkError {
  const [code, detail] = ((): [ErrorCode, string] => {
    switch (reason) {
      case "EPERM":
        return [
          "EACCES",
          "needs CAP_NET_ADMIN: run as root, or let root make an interface of your own with " +
            `"ip tuntap add dev ${name} mode tap user $USER"`,
        ];
      case "EBUSY":
        return ["EADDRINUSE", "another program has it open"];
      case "EINVAL":
        return [
          "EINVAL",
          "there is an interface of this name that is no TAP device, or one of several queues",
        ];
      default:
        return ["ENOTSUP", `the kernel refused it (${reason})`];
    }
  })();
  return new NetworkError(code, OPERATION, name, detail);
}
