import * as chat from "./chat.js";
import type { Program } from "./context.js";
import * as portScan from "./port-scan.js";
import * as tcpEcho from "./tcp-echo.js";
import * as timeOfDay from "./time-of-day.js";
import * as udpEcho from "./udp-echo.js";

export interface Role {
  readonly run: Program;
  /** Its arguments, as a help text names them. */
  readonly usage: string;
  /** True: it goes on until it is told to end. */
  readonly serves?: boolean;
}

/** Somebody who plays a role when all roles of an example are played together. */
export interface Player {
  /** The host's name, too: the others find it under this name. */
  readonly name: string;
  readonly role: string;
  readonly args?: readonly string[];
  /** What it types, and how many ms after what came before. */
  readonly types?: readonly (readonly [after: number, line: string])[];
  /** How far its wall clock is ahead, in ms. */
  readonly clockOffset?: number;
}

export interface Example {
  /** What it shows, in a few words. */
  readonly summary: string;
  /** The protocol that stories name. */
  readonly topic: string;
  readonly roles: Readonly<Record<string, Role>>;
  readonly cast: readonly Player[];
}

/** All examples, by name. */
export const EXAMPLES: Readonly<Record<string, Example>> = Object.freeze({
  "tcp-echo": {
    summary: "the stages of a TCP connection, on both sides",
    topic: "TCP",
    roles: {
      server: { run: tcpEcho.server, usage: "[PORT]", serves: true },
      client: { run: tcpEcho.client, usage: "[HOST:PORT]" },
    },
    cast: [
      { name: "server", role: "server" },
      {
        name: "client",
        role: "client",
        args: ["server:7007"],
        types: [
          [100, "Is anybody there?"],
          [100, "Grüße aus dem LAN! 👋"],
        ],
      },
    ],
  },
  "udp-echo": {
    summary: "datagrams, and what to do when one is lost",
    topic: "UDP",
    roles: {
      server: { run: udpEcho.server, usage: "[PORT]", serves: true },
      client: { run: udpEcho.client, usage: "[HOST:PORT]" },
    },
    cast: [
      { name: "server", role: "server" },
      {
        name: "client",
        role: "client",
        args: ["server:7007"],
        types: [
          [100, "one"],
          [100, "two"],
          [100, "three"],
        ],
      },
    ],
  },
  chat: {
    summary: "many connections at once, and lines in a stream of bytes",
    topic: "chat",
    roles: {
      room: { run: chat.room, usage: "[PORT]", serves: true },
      guest: { run: chat.guest, usage: "[NAME] [HOST:PORT]" },
    },
    cast: [
      { name: "room", role: "room" },
      {
        name: "alice",
        role: "guest",
        args: ["Alice", "room:7070"],
        types: [
          [800, "Hello, everybody!"],
          [900, "I have to go. Bye!"],
        ],
      },
      {
        name: "bob",
        role: "guest",
        args: ["Bob", "room:7070"],
        types: [
          [400, "Anybody here?"],
          [700, "Hi Alice! 👋"],
          [800, "Just me, then."],
        ],
      },
    ],
  },
  "port-scan": {
    summary: "which hosts are there, and the four ways in which connecting ends",
    topic: "TCP",
    roles: {
      scanner: { run: portScan.scanner, usage: "[ADDRESS or NETWORK/PREFIX] [PORT,PORT,…]" },
      host: { run: portScan.host, usage: "[PORT…]", serves: true },
    },
    cast: [
      { name: "scanner", role: "scanner" },
      { name: "printer", role: "host", args: ["8080", "9100"] },
      { name: "sensor", role: "host", args: ["1883"] },
      { name: "quiet", role: "host" },
    ],
  },
  "time-of-day": {
    summary: "find servers by a broadcast over UDP, and set a clock by their answers",
    topic: "UDP",
    roles: {
      server: { run: timeOfDay.server, usage: "[NAME] [PORT]", serves: true },
      client: { run: timeOfDay.client, usage: "[PORT]" },
    },
    cast: [
      { name: "kitchen", role: "server", args: ["Kitchen"], clockOffset: 2_500 },
      { name: "garage", role: "server", args: ["Garage"], clockOffset: -61_000 },
      { name: "client", role: "client" },
    ],
  },
});
