import { received } from "./main";
import { Socket } from "socket";

const CONNECT = 1;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const PINGREQ = 12;

/** A client's connection. Packets are of less than 128 bytes. */
class Client {
  topics = new Set();
  #socket;
  #received = [];

  constructor(socket) {
    this.#socket = socket;
    socket.callback = (message) => {
      if (message === Socket.readable) this.#read();
      else if (message < 0) this.#close();
    };
  }

  write(packet) {
    if (this.#socket.write() >= packet.byteLength) this.#socket.write(packet);
  }

  #read() {
    this.#received.push(...new Uint8Array(this.#socket.read(ArrayBuffer)));
    while (this.#received.length >= 2 && this.#received.length >= 2 + this.#received[1]) {
      this.#handle(this.#received.splice(0, 2 + this.#received[1]));
    }
  }

  #handle(packet) {
    const type = packet[0] >> 4;
    if (type === CONNECT) this.write(Uint8Array.of(0x20, 2, 0, 0).buffer);
    else if (type === PINGREQ) this.write(Uint8Array.of(0xd0, 0).buffer);
    else if (type === SUBSCRIBE) {
      this.topics.add(textOf(packet.slice(6, 6 + packet[5])));
      this.write(Uint8Array.of(0x90, 3, packet[2], packet[3], 0).buffer);
    } else if (type === PUBLISH) {
      const topic = textOf(packet.slice(4, 4 + packet[3]));
      received(topic, textOf(packet.slice(4 + packet[3])));
      this.onPublish(topic, Uint8Array.from(packet).buffer);
    }
  }

  #close() {
    this.#socket.close();
    this.onClose();
  }
}

function textOf(bytes) {
  return String.fromArrayBuffer(Uint8Array.from(bytes).buffer);
}

export default Client;
