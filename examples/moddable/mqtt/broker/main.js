/**
 * A small MQTT broker, and an HTTP server that says how often thermometers are to measure: on the SDK's older sockets, in
 * JavaScript.
 */
import { Listener, Socket } from "socket";
import config from "mc/config";
import Client from "./client";

const clients = new Set();

new Listener({ port: 1883 }).callback = function () {
  const client = new Client(new Socket({ listener: this }));
  clients.add(client);
  client.onPublish = (topic, packet) => {
    for (const each of clients) if (each.topics.has(topic)) each.write(packet);
  };
  client.onClose = () => clients.delete(client);
};

new Listener({ port: 8080 }).callback = function () {
  const socket = new Socket({ listener: this });
  socket.callback = function (message) {
    if (message === Socket.readable) {
      this.read(null);
      const body = String(config.interval);
      this.write(
        "HTTP/1.1 200 OK\r\n",
        `Content-Length: ${body.length}\r\n`,
        "Connection: close\r\n\r\n",
        body,
      );
    } else if (message === Socket.writable || message < 0) {
      this.close();
    }
  };
};

/** Sends a message to those who have subscribed. */
export function publish(topic, text) {
  const name = new Uint8Array(ArrayBuffer.fromString(topic));
  const message = new Uint8Array(ArrayBuffer.fromString(text));
  const packet = Uint8Array.of(0x30, 2 + name.length + message.length, 0, name.length, ...name, ...message);
  for (const each of clients) if (each.topics.has(topic)) each.write(packet.buffer);
}

export const messages = [];

export function received(topic, text) {
  messages.push([topic, text]);
}

trace("broker ready\n");
