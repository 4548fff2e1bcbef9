import { NetworkError } from "../../../src/error/index.js";

/** Watches a descriptor until it is closed. */
export interface PollHandle {
  close(): void;
}

/** Of poll(2): there is room for a write. */
const POLLOUT = 0x0004;
/** struct pollfd: a descriptor of 32 bits, then the events asked for and those found, of 16 each. */
const POLLFD_SIZE = 8;
const POLLFD_EVENTS = 2;
const POLLFD_FOUND = 3;

/** What a TAP device needs of the C library and the event loop, and Node does not offer or not for a call a packet. */
export interface Libc {
  /** @returns 0, or -1 with an error */
  ioctl(descriptor: number, request: number, argument: Uint8Array): number;
  /** The same for a request whose argument is a number. */
  ioctlNumber(descriptor: number, request: number, argument: number): number;
  /** @returns bytes read, or -1 with an error. Measured, nothing to read: 0.5 µs; Node's readSync throws after 7 µs. */
  read(descriptor: number, buffer: Uint8Array, length: number): number;
  /** @returns bytes written, or -1 with an error */
  write(descriptor: number, buffer: Uint8Array, length: number): number;
  /** Calls back from Node's event loop while `descriptor` can be read or is in error. */
  poll(descriptor: number, onReadable: () => void): PollHandle;
  /** Whether `descriptor` would take a write now. */
  isWritable(descriptor: number): boolean;
  /** The name of the last call's error: "EAGAIN". */
  errorName(): string;
}

/**
 * The C library, through the optional package koffi.
 * @throws NetworkError ENOTSUP if koffi cannot be loaded
 */
export async function loadLibc(): Promise<Libc> {
  const koffi = await import("koffi").catch((error: Error) => {
    const detail = `it needs the optional package koffi; run "npm install koffi" (${error.message})`;
    throw new NetworkError("ENOTSUP", "open TAP device", undefined, detail);
  });
  const library = koffi.load(null);
  const poll = library.func("int poll(void *fds, unsigned long nfds, int timeout)");
  const pollfd = new ArrayBuffer(POLLFD_SIZE);
  const [descriptors, events] = [new Int32Array(pollfd, 0, 1), new Int16Array(pollfd)];
  const errors = Object.entries(koffi.os.errno);
  return {
    ioctl: library.func("int ioctl(int fd, unsigned long request, void *argument)"),
    ioctlNumber: library.func("int ioctl(int fd, unsigned long request, unsigned long argument)"),
    read: library.func("long read(int fd, void *buffer, size_t count)"),
    write: library.func("long write(int fd, const void *buffer, size_t count)"),
    poll: (descriptor, onReadable) => koffi.node.poll(descriptor, { readable: true }, onReadable),
    isWritable(descriptor) {
      descriptors[0] = descriptor;
      events[POLLFD_EVENTS] = POLLOUT;
      return poll(descriptors, 1, 0) === 1 && (events[POLLFD_FOUND]! & POLLOUT) !== 0;
    },
    errorName() {
      const number = koffi.errno();
      return errors.find(([, value]) => value === number)?.[0] ?? `errno ${number}`;
    },
  };
}
