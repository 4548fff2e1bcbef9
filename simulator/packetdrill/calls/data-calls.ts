import type { Call, Expression } from "../language/ast.js";
import { firstWrongByte, payload } from "../packet/payload.js";
import { ScriptError, unsupported } from "../script-error.js";
import { Arguments } from "./arguments.js";
import { CONSTANTS } from "./constants.js";
import type { Endpoint, OpenSocket, ScriptProcess } from "./process.js";
import { outcome, requireBuffer, waiting, type RunningCall, type SystemCall } from "./system-call.js";

/** How much of a long write is made up at a time. */
const CHUNK = 64 * 1024;

/** Flags that change nothing here: no signals come, and nobody would be told that a message was cut. */
const IDLE_FLAGS = CONSTANTS.MSG_NOSIGNAL! | CONSTANTS.MSG_TRUNC!;

/** What is to be moved, whichever of the calls says so. */
interface Transfer {
  readonly descriptor: number;
  readonly hasBuffer: boolean;
  readonly count: number;
  readonly dontWait: boolean;
  /** The data is urgent. */
  readonly isUrgent?: boolean;
  readonly to?: Endpoint | undefined;
}

/** read(4, ..., 1000) */
export const read: SystemCall = (process, call) => receive(process, call, plainTransfer(call, 3));

/** recv(4, ..., 1000, 0) */
export const recv: SystemCall = (process, call) => receive(process, call, plainTransfer(call, 4));

/** recvfrom(4, ..., 1000, 0, ..., ...) */
export const recvfrom: SystemCall = (process, call) => {
  const args = new Arguments(call, 6);
  args.ellipsis(4);
  args.ellipsis(5);
  return receive(process, call, plainTransfer(call, 6));
};

/** readv(4, [{..., 1000}, {..., 500}], 2) */
export const readv: SystemCall = (process, call) => receive(process, call, vectorTransfer(call));

/** recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 1000}], msg_flags=0}, 0) */
export const recvmsg: SystemCall = (process, call) => receive(process, call, messageTransfer(call));

/** write(4, ..., 1000) */
export const write: SystemCall = (process, call) => send(process, plainTransfer(call, 3));

/** send(4, ..., 1000, 0) */
export const sendCall: SystemCall = (process, call) => send(process, plainTransfer(call, 4));

/** sendto(4, ..., 1000, 0, ..., ...) */
export const sendto: SystemCall = (process, call) => {
  const args = new Arguments(call, 6);
  const to = args.socketAddress(4) ?? process.addresses.remote;
  args.ellipsis(5);
  return send(process, { ...plainTransfer(call, 6), to });
};

/** writev(4, [{..., 1000}, {..., 500}], 2) */
export const writev: SystemCall = (process, call) => send(process, vectorTransfer(call));

/** sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 1000}], msg_flags=0}, 0) */
export const sendmsg: SystemCall = (process, call) =>
  send(process, { ...messageTransfer(call), to: process.addresses.remote });

function plainTransfer(call: Call, count: number): Transfer {
  const args = new Arguments(call, count);
  return {
    descriptor: args.number(0),
    hasBuffer: args.buffer(1),
    count: args.number(2),
    ...(count > 3 ? readFlags(args, 3, { mayBeUrgent: call.name.startsWith("send") }) : { dontWait: false }),
  };
}

function vectorTransfer(call: Call): Transfer {
  const args = new Arguments(call, 3);
  const vector = args.list(1);
  checkLength(vector, args.number(2), args.locationOf(1));
  return { descriptor: args.number(0), hasBuffer: true, count: sum(args, vector), dontWait: false };
}

function messageTransfer(call: Call): Transfer {
  const args = new Arguments(call, 3);
  const message = args.structure(1);
  for (const name of ["msg_name", "msg_control"]) {
    const field = args.optionalField(message, name);
    if (field !== undefined && field.kind !== "ellipsis") throw unsupported(field.location, name);
  }
  const vector = args.listOf(args.field(message, "msg_iov"));
  return {
    descriptor: args.number(0),
    hasBuffer: true,
    count: sum(args, vector),
    ...readFlags(args, 2, { mayBeUrgent: call.name.startsWith("send") }),
  };
}

function sum(args: Arguments, vector: readonly Expression[]): number {
  return vector.reduce((total, item) => total + args.bufferLength(item), 0);
}

function checkLength(vector: readonly Expression[], count: number, location: ScriptError["location"]): void {
  if (vector.length !== count) throw new ScriptError(location, `${vector.length} buffers are not ${count}`);
}

/**
 * @param mayBeUrgent data can be sent with MSG_OOB; it is received in line, with the rest (RFC 6093 §4)
 * @throws ScriptError for a flag that is not supported
 */
function readFlags(
  args: Arguments,
  index: number,
  { mayBeUrgent }: { readonly mayBeUrgent: boolean },
): Pick<Transfer, "dontWait" | "isUrgent"> {
  const flags = args.number(index);
  const dontWait = CONSTANTS.MSG_DONTWAIT!;
  const urgent = mayBeUrgent ? CONSTANTS.MSG_OOB! : 0;
  const others = flags & ~(dontWait | urgent | IDLE_FLAGS);
  if (others !== 0) {
    const names = Object.keys(CONSTANTS).filter(
      (name) => name.startsWith("MSG_") && (CONSTANTS[name]! & others) !== 0,
    );
    throw unsupported(args.locationOf(index), `the flag ${names.join("|") || others}`);
  }
  return { dontWait: (flags & dontWait) !== 0, isUrgent: (flags & urgent) !== 0 };
}

function receive(process: ScriptProcess, call: Call, transfer: Transfer): RunningCall {
  const { descriptor, hasBuffer, count, dontWait } = transfer;
  const work = (open: OpenSocket): number | undefined => {
    requireBuffer(hasBuffer);
    const bytes = open.socket.receive(count);
    if (bytes === undefined) return undefined;
    const wrong = firstWrongByte(bytes, open.received);
    if (wrong >= 0) {
      const place = open.received + wrong;
      throw new ScriptError(
        call.location,
        `${call.name} returned wrong data: byte ${place} of the stream differs`,
      );
    }
    // A datagram is a stream of its own.
    if (open.socket.protocol === "tcp") open.received += bytes.length;
    return bytes.length;
  };
  return waiting(process, descriptor, work, { dontWait });
}

function send(process: ScriptProcess, transfer: Transfer): RunningCall {
  const { descriptor, hasBuffer, count, dontWait, isUrgent = false, to } = transfer;
  let taken = 0;
  const work = (): number | undefined => {
    const open = process.get(descriptor);
    requireBuffer(hasBuffer);
    if (open.socket.protocol === "udp") return sendDatagram(process, open, count, to);
    do {
      const part = open.socket.send(payload(open.sent, Math.min(CHUNK, count - taken)));
      if (part === undefined) return undefined;
      taken += part;
      open.sent += part;
    } while (taken < count);
    if (isUrgent) open.socket.markUrgent();
    return taken;
  };
  // What was taken before an error, or before it would block, is the result; the next call meets the error.
  return {
    attempt: () => {
      const result = outcome(work);
      return result?.error !== undefined && taken > 0 ? { value: taken } : result;
    },
    insteadOfBlocking: () => {
      if (!dontWait && !process.get(descriptor).socket.nonBlocking) return undefined;
      return taken > 0 ? { value: taken } : { value: -1, error: "EAGAIN" };
    },
  };
}

function sendDatagram(
  process: ScriptProcess,
  { socket }: OpenSocket,
  count: number,
  to: Endpoint | undefined,
): number | undefined {
  const isConnected = socket.remotePort !== undefined;
  const sent = socket.send(payload(0, count), isConnected ? undefined : to);
  if (!isConnected && to !== undefined) process.observer.connecting(socket, to);
  return sent;
}
