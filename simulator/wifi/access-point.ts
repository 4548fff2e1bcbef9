import { MacAddress } from "../../src/address/index.js";
import { NetworkError } from "../../src/error/index.js";
import { ETHERNET_HEADER_LENGTH } from "../../src/wire/index.js";
import type { CableEnd } from "../cable.js";
import type { Simulation } from "../simulation.js";
import type { Switch } from "../switch.js";
import type { Air } from "./air.js";
import { Channel } from "./channel.js";
import type { Radio } from "./radio.js";
import type { Position } from "./signal.js";

/** Stations that one takes, unless told otherwise: what home routers do well with. */
export const DEFAULT_MAX_STATIONS = 32;

/** IEEE 802.11-2020 §9.4.2.2. */
const MAX_SSID_LENGTH = 32;
/** IEEE 802.11-2020 §J.4.1: a WPA pass-phrase. */
const PASSWORD = /^[ -~]{8,63}$/;

/** An 802.2 XID response, as access points send it in a new station's name, so that switches learn where it is now. */
const STATION_UPDATE = Object.freeze([0, 6, 0, 1, 0xaf, 0x81, 1, 0]);

export interface AccessPointOptions {
  /** What its own cable leads to; absent: the LAN's default switch. */
  readonly on?: Switch;
  /** The network's name: 1 to 32 bytes. Access points of the same name and password are one network. */
  readonly ssid: string;
  /** 8 to 63 characters; absent: it is open. */
  readonly password?: string;
  /** Absent: DEFAULT_SIGNAL everywhere, where nobody sets another. */
  readonly place?: Position;
  /** Absent: 1. */
  readonly channel?: number;
  /** Absent: one drawn from the seed. */
  readonly bssid?: string;
  /** Absent: DEFAULT_MAX_STATIONS. */
  readonly maxStations?: number;
}

/** A Wi-Fi access point: a switch whose ports are the stations that have joined, with one cable. `Lan.accessPoint` makes it. */
export class AccessPoint {
  readonly ssid: string;
  readonly password: string | undefined;
  readonly channel: number;
  readonly bssid: MacAddress;
  readonly maxStations: number;
  /** What its stations transmit in, and itself. */
  readonly air = new Channel();
  readonly #stations = new Map<Radio, CableEnd>();
  readonly #reach: Air;
  readonly #simulation: Simulation;
  #place: Position | undefined;
  #isOn = true;

  /**
   * @param bridge what its stations and its cable are ports of
   * @throws NetworkError EINVAL for a name or password that cannot be
   */
  constructor(
    simulation: Simulation,
    reach: Air,
    readonly name: string,
    readonly bridge: Switch,
    options: AccessPointOptions,
  ) {
    const { ssid, password, place, channel = 1, bssid, maxStations = DEFAULT_MAX_STATIONS } = options;
    checkNames(name, ssid, password);
    this.#simulation = simulation;
    this.#reach = reach;
    this.ssid = ssid;
    this.password = password;
    this.channel = channel;
    this.maxStations = maxStations;
    this.#place = place;
    const random = simulation.random.fork(`access point ${name}`);
    const drawn = (random.uint32() * 0x1_0000 + random.below(0x1_0000)) % 2 ** 40;
    this.bssid = bssid === undefined ? MacAddress.fromValue(0x02 * 2 ** 40 + drawn) : MacAddress.parse(bssid);
  }

  /** In the order in which they came. */
  get stations(): readonly Radio[] {
    return [...this.#stations.keys()];
  }

  get isFull(): boolean {
    return this.#stations.size >= this.maxStations;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Cuts its power: its stations hear nothing any more, and find out by themselves. */
  powerOff(): void {
    this.#setPower(false);
  }

  powerOn(): void {
    this.#setPower(true);
  }

  get place(): Position | undefined {
    return this.#place;
  }

  set place(place: Position | undefined) {
    this.#place = place;
    this.#reach.changed();
  }

  /** Sends a station away, or all of them; nothing keeps it from coming back. */
  disconnect(station?: Radio): void {
    for (const each of station === undefined ? this.stations : [station]) {
      if (this.#stations.has(each)) each.dismissed();
    }
  }

  /** The radio's side: it has joined. */
  admit(station: Radio, port: CableEnd): void {
    this.#stations.set(station, port);
    this.bridge.attach(port);
    // Behind whatever the cable's ends do about the link that has come up.
    this.#simulation.schedule(0, () => this.#announce(station, port));
  }

  /** The radio's side: it is gone. */
  release(station: Radio): void {
    const port = this.#stations.get(station);
    if (port === undefined) return;
    this.#stations.delete(station);
    this.bridge.detach(port);
  }

  #announce(station: Radio, port: CableEnd): void {
    const [uplink] = this.bridge.ports;
    if (uplink === undefined || this.#stations.get(station) !== port) return;
    const frame = new Uint8Array(ETHERNET_HEADER_LENGTH + STATION_UPDATE.length - 2);
    MacAddress.broadcast.write(frame, 0);
    station.mac.write(frame, 6);
    frame.set(STATION_UPDATE, 12);
    uplink.transmit(frame, frame.length);
  }

  #setPower(isOn: boolean): void {
    if (this.#isOn === isOn) return;
    this.#isOn = isOn;
    const [uplink] = this.bridge.ports;
    if (uplink !== undefined) uplink.hasPower = isOn;
    this.#reach.changed();
  }
}

function checkNames(name: string, ssid: string, password: string | undefined): void {
  const length = utf8Length(ssid);
  if (length === 0 || length > MAX_SSID_LENGTH)
    throw new NetworkError("EINVAL", "add access point", name, `its SSID has ${length} bytes, want 1 to 32`);
  if (password !== undefined && !PASSWORD.test(password))
    throw new NetworkError("EINVAL", "add access point", name, "want a password of 8 to 63 ASCII characters");
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
  }
  return length;
}
