import type { WebSocket } from "ws";
import type { ClockMessage, ServerMessage } from "../protocol/index.js";
import { detailsOf } from "./details.js";
import type { Cursor } from "./history.js";
import type { Scene } from "./scene.js";

/** Bytes that may wait for a tab to take them: then it gets nothing more until it has. */
const MAX_WAITING = 1024 * 1024;
/** Chunks of packets that a tab may be behind, and that a new one begins with: 4 MiB. */
const MAX_BEHIND = 64;
/** Bytes of packets that a tab gets at a time at most. */
const MAX_PIECES = 128 * 1024;

/** A tab that shows the dashboard, and how much of the run it knows. One that is slow misses packets, and costs no memory. */
export class Tab {
  /** The host whose details it shows. */
  watched: string | null = null;
  readonly #socket: WebSocket;
  #scene: Scene | undefined;
  #cursor: Cursor = { chunk: 0, at: 0, next: 1 };
  #version = 0;
  #switches = -1;
  #lines = 0;
  #ports = 0;
  #clock = "";
  #details = "";

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  send(message: ServerMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** Sends what has happened since the last call. @param slowly whether pictures and details are due, too */
  update(scene: Scene, slowly: boolean): void {
    if (this.#socket.bufferedAmount > MAX_WAITING) return;
    if (scene !== this.#scene) this.#begin(scene);
    this.#sendClock(scene);
    if (slowly) {
      this.#sendPictures(scene);
      this.#sendDetails(scene);
    }
    this.#sendStory(scene);
    this.#sendPackets(scene);
  }

  /** All that it knew is of another run. */
  #begin(scene: Scene): void {
    this.#scene = scene;
    this.#version = this.#lines = this.#ports = 0;
    this.#switches = -1;
    this.#clock = this.#details = "";
    this.#cursor = scene.recorder.history.cursor(MAX_BEHIND);
    const { beginning, record } = scene.run;
    const { scenario, seed } = beginning;
    this.send({ type: "run", scenario, seed, heardOutside: record.heardOutside });
    this.#sendPictures(scene);
  }

  #sendClock({ run }: Scene): void {
    const { pace } = run;
    const { time, event } = pace.place;
    const speed = pace.speed === Infinity ? null : pace.speed;
    const { isPaused, hasPlans: isReplaying } = pace;
    const message: ClockMessage = { type: "clock", time, event, isPaused, speed, isReplaying };
    const text = JSON.stringify(message);
    if (text === this.#clock) return;
    this.#clock = text;
    this.#socket.send(text);
  }

  #sendPictures(scene: Scene): void {
    const { switches } = scene.run.lan;
    const hosts = scene.hostsSince(this.#version);
    const cables = scene.cablesSince(this.#version);
    this.#version = scene.version;
    if (hosts.length > 0) this.send({ type: "hosts", hosts });
    if (cables.length === 0 && switches.length === this.#switches) return;
    this.#switches = switches.length;
    this.send({ type: "cables", switches: switches.map(({ name }) => name), cables });
  }

  #sendDetails({ run }: Scene): void {
    const host = run.lan.hosts.find(({ name }) => name === this.watched);
    if (host === undefined) return;
    const text = JSON.stringify({ type: "details", details: detailsOf(host) } satisfies ServerMessage);
    if (text === this.#details) return;
    this.#details = text;
    this.#socket.send(text);
  }

  #sendStory(scene: Scene): void {
    const { lines, count } = scene.linesSince(this.#lines);
    this.#lines = count;
    if (lines.length > 0) this.send({ type: "story", lines });
  }

  #sendPackets({ recorder }: Scene): void {
    const { history, names } = recorder;
    const packets = history.skipForgotten(this.#cursor, MAX_BEHIND);
    if (packets > 0) this.send({ type: "gap", packets });
    if (names.length > this.#ports) {
      this.send({ type: "ports", first: this.#ports, names: names.slice(this.#ports) });
      this.#ports = names.length;
    }
    for (let sent = 0; sent < MAX_PIECES;) {
      const piece = history.read(this.#cursor);
      if (piece.length === 0) return;
      // A copy: what is not sent yet may wait for long, and the history goes on.
      this.#socket.send(Uint8Array.from(piece));
      sent += piece.length;
    }
  }
}
