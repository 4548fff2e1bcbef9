import type { Call } from "../language/ast.js";
import { unsupported } from "../script-error.js";
import { fcntl, getsockopt, ioctl, setsockopt } from "./control-calls.js";
import {
  read,
  readv,
  recv,
  recvfrom,
  recvmsg,
  sendCall,
  sendmsg,
  sendto,
  write,
  writev,
} from "./data-calls.js";
import { poll } from "./poll.js";
import type { ScriptProcess } from "./process.js";
import { accept, accept4, bind, close, connect, listen, shutdown, socket } from "./socket-calls.js";
import type { RunningCall, SystemCall } from "./system-call.js";

const SYSTEM_CALLS: Readonly<Record<string, SystemCall>> = Object.freeze({
  socket,
  bind,
  listen,
  accept,
  accept4,
  connect,
  read,
  readv,
  recv,
  recvfrom,
  recvmsg,
  write,
  writev,
  send: sendCall,
  sendto,
  sendmsg,
  shutdown,
  close,
  fcntl,
  ioctl,
  getsockopt,
  setsockopt,
  poll,
});

/** Reads a call's arguments. @throws ScriptError if they are wrong, or there is no such call here */
export function prepareCall(process: ScriptProcess, call: Call): RunningCall {
  const systemCall = Object.hasOwn(SYSTEM_CALLS, call.name) ? SYSTEM_CALLS[call.name] : undefined;
  if (systemCall === undefined) throw unsupported(call.location, `the system call ${call.name}`);
  return systemCall(process, call);
}

export { evaluateNumber } from "./arguments.js";
export { ScriptProcess, type Endpoint, type SocketObserver } from "./process.js";
export type { CallResult, RunningCall } from "./system-call.js";
