import {
  readBatch,
  type CablePicture,
  type ClockMessage,
  type HostDetails,
  type HostPicture,
  type ServerMessage,
} from "../../protocol/index.js";
import type { StoryLine } from "../../../story.js";
import { Flows } from "./flows.js";
import { PacketLog } from "./log.js";
import { Packet } from "./packet.js";

/** Lines of the story that a tab keeps. */
const MAX_LINES = 1_000;

/** Whether the simulator can be heard. */
export type LinkState = "connecting" | "open" | "lost";

/** Everything that the server has told, as the page shows it. */
export class Model {
  link: LinkState = "connecting";
  run: { readonly scenario: string; readonly seed: number; readonly heardOutside: boolean } | undefined;
  clock: ClockMessage | undefined;
  readonly hosts = new Map<string, HostPicture>();
  readonly cables = new Map<string, CablePicture>();
  switches: readonly string[] = [];
  /** Grows with each change of a host, a cable or a switch. */
  pictureVersion = 0;
  details: HostDetails | undefined;
  story: readonly StoryLine[] = [];
  readonly log = new PacketLog();
  readonly flows = new Flows();
  /** Packets that this tab was too slow for, or that came before it. */
  missed = 0;
  /** Packets of the last batches, for those who show them as they flow. */
  onPacket: ((packet: Packet) => void) | undefined;
  readonly #ports: string[] = [];
  readonly #names = new Map<string, string>();
  readonly #cablesOfMacs = new Map<string, string>();

  /** The host that has the MAC, the address, or the socket address; else what was asked for. */
  nameOf(address: string): string {
    const colon = address.indexOf(":");
    const isSocketAddress = colon > 0 && colon === address.lastIndexOf(":");
    return this.#names.get(isSocketAddress ? address.slice(0, colon) : address) ?? address;
  }

  /** The switches that the interface with that MAC is plugged into; none if nobody has it. */
  switchesAt(mac: string): readonly string[] {
    const cable = this.cables.get(this.#cablesOfMacs.get(mac) ?? "");
    return cable?.ends.filter(({ kind }) => kind === "switch").map(({ name }) => name) ?? [];
  }

  /** Takes what the server says as text. */
  take(message: ServerMessage): void {
    switch (message.type) {
      case "run":
        this.#forget();
        this.run = message;
        return;
      case "clock":
        this.clock = message;
        return;
      case "hosts":
        for (const host of message.hosts) this.#setHost(host);
        this.pictureVersion++;
        return;
      case "cables":
        for (const cable of message.cables) this.cables.set(cable.name, cable);
        this.switches = message.switches;
        this.pictureVersion++;
        return;
      case "details":
        this.details = message.details;
        return;
      case "story":
        this.story = [...this.story, ...message.lines].slice(-MAX_LINES);
        return;
      case "ports":
        this.#ports.splice(message.first, Infinity, ...message.names);
        return;
      case "gap":
        this.missed += message.packets;
        return;
      case "answer":
        return;
    }
  }

  /** Takes packets. */
  takeBatch(batch: Uint8Array): void {
    for (const record of readBatch(batch)) {
      if (record.kind === "packet") {
        const packet = new Packet(record, this.#ports[record.port] ?? "?");
        this.log.add(packet);
        this.flows.add(packet);
        this.onPacket?.(packet);
      } else {
        const packet = this.log.find(record.number);
        if (packet === undefined) continue;
        const { where, comment } = record;
        if (!packet.isDropped && packet.flow !== undefined && comment.includes("dropped"))
          packet.flow.dropped++;
        packet.fates = [...packet.fates, { where, comment }];
        this.log.version++;
      }
    }
  }

  #setHost(host: HostPicture): void {
    this.hosts.set(host.name, host);
    for (const { mac, cable } of host.interfaces) {
      this.#names.set(mac, host.name);
      this.#cablesOfMacs.set(mac, cable);
    }
    for (const address of host.addresses) this.#names.set(address.split("/")[0]!, host.name);
  }

  #forget(): void {
    this.hosts.clear();
    this.cables.clear();
    this.#names.clear();
    this.#cablesOfMacs.clear();
    this.#ports.length = 0;
    this.log.clear();
    this.flows.clear();
    this.switches = [];
    this.story = [];
    this.details = undefined;
    this.missed = 0;
    this.pictureVersion++;
  }
}
