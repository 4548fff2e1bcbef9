import { NetworkError } from "../../error/index.js";
import { END, OVERLOAD } from "./codes.js";
import { COOKIE, FILE, OVERLOAD_FILE, OVERLOAD_SNAME, SNAME } from "./header.js";
import type { DhcpRawOption } from "./options.js";

/** A longer value is split (RFC 3396 §6). */
const MAX_PART = 255;

/** Code and length. */
const PART_HEADER = 2;

/** A place for options. */
interface Area {
  at: number;
  /** Where the last byte stands, kept for END. */
  last: number;
  /** Its bit of the overload option. */
  readonly overload: number;
}

/**
 * Fills the options field, then `file`, then `sname`. An option stays whole if there is a place for it: many readers do
 * not join the parts of one that need not have been split. Where there is none its parts follow each other in the order
 * in which a reader joins them (RFC 3396 §5).
 */
export class OptionWriter {
  readonly #bytes: Uint8Array;
  readonly #areas: Area[];
  /** Where the overload option's value stands; 0 without one. */
  #overloadAt = 0;

  /**
   * @param at where the options field begins; it ends with `bytes`
   * @param final an option that must end the options field; `finish` writes it
   */
  constructor(
    bytes: Uint8Array,
    at: number,
    private readonly final?: DhcpRawOption,
  ) {
    const kept = final === undefined ? 0 : dhcpOptionLength(final.value);
    this.#bytes = bytes;
    this.#areas = [{ at, last: bytes.length - 1 - kept, overload: 0 }];
  }

  /** Whether all of `options` go into the options field, the final one aside. */
  fits(options: readonly DhcpRawOption[]): boolean {
    let length = 0;
    for (const { value } of options) length += dhcpOptionLength(value);
    return length <= roomIn(this.#areas[0]!);
  }

  /** Takes header fields too. Must come before the other options: a reader wants to know early. */
  startOverload(file: boolean, sname: boolean): void {
    this.#overloadAt = this.#areas[0]!.at + PART_HEADER;
    this.write({ code: OVERLOAD, value: Uint8Array.of(0) });
    if (file) this.#areas.push({ at: FILE, last: COOKIE - 1, overload: OVERLOAD_FILE });
    if (sname) this.#areas.push({ at: SNAME, last: FILE - 1, overload: OVERLOAD_SNAME });
  }

  /** @throws NetworkError EMSGSIZE if there is no room for it */
  write({ code, value }: DhcpRawOption): void {
    for (const area of this.#areas) {
      if (roomIn(area) < dhcpOptionLength(value)) continue;
      this.writeInto(area, code, value, 0);
      return;
    }
    let written = 0;
    for (const area of this.#areas) written = this.writeInto(area, code, value, written);
    if (written < value.length || value.length === 0)
      throw new NetworkError("EMSGSIZE", "emit DHCP option", String(code));
  }

  /** Writes what there is room for. @returns how much of the value is written then */
  private writeInto(area: Area, code: number, value: Uint8Array, start: number): number {
    let written = start;
    do {
      const length = Math.min(MAX_PART, value.length - written, roomIn(area) - PART_HEADER);
      if (length < Math.min(1, value.length)) break;
      this.#bytes[area.at++] = code;
      this.#bytes[area.at++] = length;
      this.#bytes.set(value.subarray(written, written + length), area.at);
      area.at += length;
      written += length;
      if (area.overload !== 0) this.#bytes[this.#overloadAt]! |= area.overload;
    } while (written < value.length);
    return written;
  }

  /** Puts END behind the options wherever there are some. @returns where the options field ends */
  finish(): number {
    const { final } = this;
    const field = this.#areas[0]!;
    if (final !== undefined) {
      field.last = this.#bytes.length - 1;
      this.writeInto(field, final.code, final.value, 0);
    }
    const overload = this.#bytes[this.#overloadAt]!;
    for (const area of this.#areas)
      if ((area.overload & overload) === area.overload) this.#bytes[area.at++] = END;
    return field.at;
  }
}

/** Bytes that an option takes, with its code and length, twice and more if it is long. */
export function dhcpOptionLength(value: Uint8Array): number {
  return value.length + PART_HEADER * Math.max(1, Math.ceil(value.length / MAX_PART));
}

function roomIn({ at, last }: Area): number {
  return last - at;
}
