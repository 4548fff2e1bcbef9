import { Ipv4Address } from "../../../src/address/index.js";
import { ContentsBuilder, FileView, notACapture, type CaptureContents } from "./contents.js";

/** Types of blocks (draft-ietf-opsawg-pcapng §11.1); this one reads the same in both byte orders. */
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const PACKET = 2;
const SIMPLE_PACKET = 3;
const NAME_RESOLUTION = 4;
const ENHANCED_PACKET = 6;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Type, length, and the length again. */
const FRAME_LENGTH = 12;
const SECTION_HEADER_LENGTH = 28;

const OPTION_COMMENT = 1;
const OPTION_IF_NAME = 2;
const OPTION_IF_TIME_RESOLUTION = 9;
const OPTION_IF_TIME_OFFSET = 14;

/** Without the option, time stamps count millionths of a second. */
const MICROSECONDS = 6;
/** Of a resolution: whether it is a power of 2 instead of 10. */
const BINARY = 0x80;

const RECORD_IPV4 = 1;

interface Interface {
  readonly linkType: number;
  /** The most bytes of a frame that were kept; 0 is no limit. */
  readonly snapLength: number;
  readonly name: string | undefined;
  /** Time stamps in a second. */
  readonly unitsPerSecond: bigint;
  /** In seconds since 1970. */
  readonly offset: bigint;
}

/** A block's body: where it begins and ends. */
interface Body {
  readonly at: number;
  readonly end: number;
}

export function isPcapng(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new FileView(bytes, true).u32(0) === SECTION_HEADER;
}

/** @throws NetworkError EINVAL if its first block is no section header */
export function readPcapng(bytes: Uint8Array, file: string | undefined): CaptureContents {
  return new PcapngReader(bytes, file).read();
}

class PcapngReader {
  readonly #bytes: Uint8Array;
  readonly #file: string | undefined;
  readonly #contents = new ContentsBuilder();
  #view: FileView;
  /** Of the section. */
  #interfaces: Interface[] = [];
  #lastTime = 0n;

  constructor(bytes: Uint8Array, file: string | undefined) {
    this.#bytes = bytes;
    this.#file = file;
    this.#view = new FileView(bytes, true);
  }

  read(): CaptureContents {
    const { length } = this.#bytes;
    for (let at = 0; at < length;) {
      const problem = this.#readBlock(at);
      if (typeof problem === "string") {
        if (at === 0) throw notACapture(problem, this.#file);
        this.#contents.problem ??= problem;
        break;
      }
      at = problem;
    }
    return this.#contents.build();
  }

  /** @returns where the next one begins, or why this one cannot be read */
  #readBlock(at: number): number | string {
    const left = this.#bytes.length - at;
    const cutOff = `the block at byte ${at} is cut off`;
    if (left < FRAME_LENGTH) return cutOff;
    const type = this.#view.u32(at);
    if (type === SECTION_HEADER) {
      if (left < SECTION_HEADER_LENGTH) return cutOff;
      const fault = this.#beginSection(at);
      if (fault !== undefined) return fault;
    }
    const total = this.#view.u32(at + 4);
    if (total < FRAME_LENGTH || total % 4 !== 0)
      return `the block at byte ${at} says that it has ${total} bytes`;
    if (total > left) return cutOff;
    if (this.#view.u32(at + total - 4) !== total) return `the block at byte ${at} has two lengths`;
    const fault = this.#readBody(type, { at: at + 8, end: at + total - 4 });
    return fault === undefined ? at + total : `the block at byte ${at} ${fault}`;
  }

  #beginSection(at: number): string | undefined {
    const isLittleEndian = new FileView(this.#bytes, true).u32(at + 8) === BYTE_ORDER_MAGIC;
    this.#view = new FileView(this.#bytes, isLittleEndian);
    if (this.#view.u32(at + 8) !== BYTE_ORDER_MAGIC) return `the section at byte ${at} has no byte order`;
    if (this.#view.u16(at + 12) !== 1)
      return `the section at byte ${at} has version ${this.#view.u16(at + 12)}`;
    this.#interfaces = [];
    return undefined;
  }

  /** @returns what is wrong with it; what has no meaning here is left out */
  #readBody(type: number, body: Body): string | undefined {
    switch (type) {
      case INTERFACE_DESCRIPTION:
        return this.#readInterface(body);
      case ENHANCED_PACKET:
        return this.#readPacket(body, 4);
      case PACKET:
        // The interface's number has 16 bits there, and 16 of a count of drops behind it.
        return this.#readPacket(body, 2);
      case SIMPLE_PACKET:
        return this.#readSimplePacket(body);
      case NAME_RESOLUTION:
        return this.#readNames(body);
      default:
        return undefined;
    }
  }

  #readInterface({ at, end }: Body): string | undefined {
    if (end - at < 8) return "is too short";
    const options = this.#options(at + 8, end);
    const resolution = options.get(OPTION_IF_TIME_RESOLUTION)?.[0] ?? MICROSECONDS;
    const power = BigInt(resolution & ~BINARY);
    const offset = options.get(OPTION_IF_TIME_OFFSET);
    const name = options.get(OPTION_IF_NAME);
    const seconds = offset?.length === 8 ? new FileView(offset, this.#view.isLittleEndian).i64(0) : 0n;
    if (seconds !== 0n && Number.isSafeInteger(Number(seconds))) this.#contents.epoch ??= Number(seconds);
    this.#interfaces.push({
      linkType: this.#view.u16(at),
      snapLength: this.#view.u32(at + 4),
      name: name === undefined ? undefined : textOf(name),
      unitsPerSecond: (resolution & BINARY) === 0 ? 10n ** power : 2n ** power,
      offset: seconds,
    });
    return undefined;
  }

  /** @param idLength of the interface's number, in bytes */
  #readPacket({ at, end }: Body, idLength: 2 | 4): string | undefined {
    if (end - at < 20) return "is too short";
    const view = this.#view;
    const id = idLength === 4 ? view.u32(at) : view.u16(at);
    const card = this.#interfaces[id];
    if (card === undefined) return `is of interface ${id}, which there is not`;
    const length = view.u32(at + 12);
    if (length > end - at - 20) return "is shorter than its packet";
    const stamp = BigInt(view.u32(at + 4)) * 0x1_0000_0000n + BigInt(view.u32(at + 8));
    this.#lastTime = card.offset * 1_000_000_000n + (stamp * 1_000_000_000n) / card.unitsPerSecond;
    const data = at + 20;
    const comment = this.#options(data + ((length + 3) & ~3), end).get(OPTION_COMMENT);
    return this.#add(card, data, length, view.u32(at + 16), comment);
  }

  /** It has no time: it is taken for as late as the one before. */
  #readSimplePacket({ at, end }: Body): string | undefined {
    const [card] = this.#interfaces;
    if (card === undefined || end - at < 4) return "is of an interface that there is not";
    const original = this.#view.u32(at);
    const most = card.snapLength === 0 ? original : Math.min(original, card.snapLength);
    return this.#add(card, at + 4, Math.min(most, end - at - 4), original, undefined);
  }

  #add(
    card: Interface,
    at: number,
    length: number,
    originalLength: number,
    comment: Uint8Array | undefined,
  ): string | undefined {
    const frame = {
      bytes: this.#bytes.subarray(at, at + length),
      originalLength,
      linkType: card.linkType,
      interface: card.name,
      comment: comment === undefined ? undefined : textOf(comment),
    };
    return this.#contents.add(frame, this.#lastTime) ? undefined : "is one too many";
  }

  #readNames({ at, end }: Body): undefined {
    while (end - at >= 4) {
      const type = this.#view.u16(at);
      const length = this.#view.u16(at + 2);
      if (type === 0 || at + 4 + length > end) return;
      if (type === RECORD_IPV4 && length > 4) {
        const [name = ""] = textOf(this.#bytes.subarray(at + 8, at + 4 + length)).split("\0");
        if (name !== "") this.#contents.names.set(Ipv4Address.read(this.#bytes, at + 4).toString(), name);
      }
      at += 4 + ((length + 3) & ~3);
    }
  }

  /** The first of each; where they are malformed, those before it. */
  #options(at: number, end: number): Map<number, Uint8Array> {
    const options = new Map<number, Uint8Array>();
    while (end - at >= 4) {
      const code = this.#view.u16(at);
      const length = this.#view.u16(at + 2);
      if (code === 0 || at + 4 + length > end) break;
      if (!options.has(code)) options.set(code, this.#bytes.subarray(at + 4, at + 4 + length));
      at += 4 + ((length + 3) & ~3);
    }
    return options;
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
