import TCP from "embedded:io/socket/tcp";
import Timer from "timer";
import { CONNACK, connect, ping, PUBLISH, publish, readPacket, readPublish, subscribe } from "./packets.js";

const PORT = 1883;
const KEEP_ALIVE_SECONDS = 30;
/** How long to wait after a connection was lost or refused, in ms. */
const RETRY_DELAY = 2_000;
/** A broker that says nothing for so long is gone, though no FIN came. */
const SILENCE_LIMIT = 1500 * KEEP_ALIVE_SECONDS;

export interface MqttOptions {
  readonly address: string;
  readonly id: string;
  readonly onConnected: () => void;
  readonly onMessage: (topic: string, message: string) => void;
}

/** A client of a broker, which connects again for as long as it takes. What is published meanwhile is lost. */
export class MqttClient {
  readonly #options: MqttOptions;
  #socket: TCP | undefined;
  #received = new Uint8Array(0);
  #isConnected = false;
  #silence = 0;

  constructor(options: MqttOptions) {
    this.#options = options;
    this.#connect();
    Timer.repeat(() => this.#keepAlive(), 1000 * KEEP_ALIVE_SECONDS);
  }

  subscribe(topic: string): void {
    this.#send(subscribe(topic));
  }

  publish(topic: string, message: string): void {
    if (this.#isConnected) this.#send(publish(topic, message));
  }

  #connect(): void {
    const { address, id } = this.#options;
    this.#received = new Uint8Array(0);
    this.#silence = 0;
    let isAsked = false;
    try {
      this.#socket = new TCP({
        address,
        port: PORT,
        onWritable: () => {
          if (!isAsked) this.#send(connect(id, KEEP_ALIVE_SECONDS));
          isAsked = true;
        },
        onReadable: () => this.#receive(),
        onError: () => this.#lose(),
      });
    } catch {
      // There is no network.
      this.#lose();
    }
  }

  #receive(): void {
    const piece = new Uint8Array(this.#socket!.read() as ArrayBuffer);
    const received = new Uint8Array(this.#received.length + piece.length);
    received.set(this.#received);
    received.set(piece, this.#received.length);
    this.#received = received;
    this.#silence = 0;
    for (let next = readPacket(this.#received); next !== undefined; next = readPacket(this.#received)) {
      this.#received = this.#received.slice(next.length);
      if (next.packet.type === CONNACK) {
        this.#isConnected = true;
        this.#options.onConnected();
      } else if (next.packet.type === PUBLISH) {
        this.#options.onMessage(...readPublish(next.packet));
      }
    }
  }

  #send(packet: Uint8Array): void {
    try {
      this.#socket?.write(packet);
    } catch {
      // No room: the broker is not there, or too slow.
      this.#lose();
    }
  }

  #keepAlive(): void {
    this.#silence += 1000 * KEEP_ALIVE_SECONDS;
    if (this.#silence > SILENCE_LIMIT) this.#lose();
    else if (this.#isConnected) this.#send(ping());
  }

  #lose(): void {
    if (this.#isConnected) trace("the broker is lost\n");
    this.#isConnected = false;
    this.#socket?.close();
    this.#socket = undefined;
    Timer.set(() => this.#connect(), RETRY_DELAY);
  }
}
