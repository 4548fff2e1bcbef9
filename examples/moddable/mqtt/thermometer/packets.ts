/** Packets of MQTT 3.1.1, as far as the thermometer needs them. */

export const CONNACK = 2;
export const PUBLISH = 3;

const CONNECT = 1;
const SUBSCRIBE = 8;
const PINGREQ = 12;

const CLEAN_SESSION = 2;
/** Of SUBSCRIBE (§3.8.1). */
const RESERVED_FLAGS = 2;

export interface Packet {
  readonly type: number;
  readonly body: Uint8Array;
}

export function connect(id: string, keepAliveSeconds: number): Uint8Array {
  return packet(CONNECT, 0, [...text("MQTT"), 4, CLEAN_SESSION, ...word(keepAliveSeconds), ...text(id)]);
}

export function subscribe(topic: string): Uint8Array {
  return packet(SUBSCRIBE, RESERVED_FLAGS, [...word(1), ...text(topic), 0]);
}

export function publish(topic: string, message: string): Uint8Array {
  return packet(PUBLISH, 0, [...text(topic), ...bytes(message)]);
}

export function ping(): Uint8Array {
  return packet(PINGREQ, 0, []);
}

/** @returns the topic and the message of a PUBLISH */
export function readPublish({ body }: Packet): [topic: string, message: string] {
  const length = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
  return [decode(body.subarray(2, 2 + length)), decode(body.subarray(2 + length))];
}

/** The first whole packet, and how many bytes it takes; undefined while it is not all there. */
export function readPacket(received: Uint8Array): { packet: Packet; length: number } | undefined {
  let bodyLength = 0;
  for (let index = 1; index < received.length && index <= 4; index++) {
    const digit = received[index]!;
    bodyLength += (digit & 0x7f) << (7 * (index - 1));
    if (digit >= 0x80) continue;
    const start = index + 1;
    const end = start + bodyLength;
    if (received.length < end) return undefined;
    return { packet: { type: received[0]! >> 4, body: received.slice(start, end) }, length: end };
  }
  return undefined;
}

function packet(type: number, flags: number, body: readonly number[]): Uint8Array {
  const length: number[] = [];
  for (let left = body.length; length.length === 0 || left > 0; left >>= 7) {
    length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
  }
  return Uint8Array.from([(type << 4) | flags, ...length, ...body]);
}

function text(value: string): number[] {
  const encoded = bytes(value);
  return [...word(encoded.length), ...encoded];
}

function word(value: number): number[] {
  return [value >> 8, value & 0xff];
}

function bytes(value: string): Uint8Array {
  return new Uint8Array(ArrayBuffer.fromString(value));
}

function decode(part: Uint8Array): string {
  return String.fromArrayBuffer(part.slice().buffer);
}
