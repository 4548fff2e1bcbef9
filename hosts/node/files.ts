import { closeSync, existsSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { NetworkError } from "../../src/error/index.js";

/**
 * Does something with a file, and says in one line why it cannot be done.
 * @throws NetworkError EACCES, ENOBUFS if the disk is full, EPIPE if it is a pipe that nobody reads any more, EINVAL if there can
 *   be no such file
 */
export function attemptFile<T>(operation: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof NetworkError || code === undefined) throw error;
    if (code === "ENOSPC" || code === "EDQUOT") {
      throw new NetworkError("ENOBUFS", operation, path, "the disk is full");
    }
    if (code === "EPIPE") throw new NetworkError("EPIPE", operation, path, "nobody reads it any more");
    if (code === "ENOENT") {
      const missing = existsSync(dirname(path)) ? "file" : "folder";
      throw new NetworkError("EINVAL", operation, path, `there is no such ${missing}`);
    }
    if (code === "EISDIR") throw new NetworkError("EINVAL", operation, path, "it is a folder");
    const denied = code === "EACCES" || code === "EPERM" || code === "EROFS";
    throw new NetworkError(denied ? "EACCES" : "EINVAL", operation, path, message);
  }
}

/** In ms: between two attempts to write to a pipe that is full. */
const PIPE_WAIT = 1;

/** Writes all of it: a system call may take less than it was given, and nothing while a pipe is full. */
export function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_WAIT);
    }
  }
}

/**
 * Makes a file or puts another in its place, so that whatever happens, power failure included, there is the old one or
 * the new one, and once this has returned the new one. It takes its content from `NAME.new`.
 * @param mode the permissions of the new file
 */
export function replaceFile(path: string, bytes: Uint8Array, mode: number): void {
  const temporary = `${path}.new`;
  writeDurably(temporary, bytes, mode);
  renameSync(temporary, path);
  // The name is a change of the folder.
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function writeDurably(path: string, bytes: Uint8Array, mode: number): void {
  const descriptor = openSync(path, "w", mode);
  try {
    writeFully(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
