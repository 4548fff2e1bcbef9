import TCP, { type Options } from "embedded:io/socket/tcp";

const REQUEST = "GET / HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n";

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Reads a byte at a time, as small parsers do. */
export function get(address: string, onLine: (line: string) => void): TCP {
  const request = bytesOf(REQUEST);
  let sent = 0;
  let line = "";

  const options: Options = {
    address,
    port: 80,
    nodelay: true,
    onWritable(this: TCP, bytes: number) {
      this.format = "buffer";
      const part = request.subarray(sent, sent + bytes);
      this.write(part);
      sent += part.byteLength;
      this.format = "number";
    },
    onReadable(bytes) {
      while (bytes--) {
        const byte = this.read() as number;
        if (byte === 10) {
          onLine(line);
          line = "";
        } else line += String.fromCharCode(byte);
      }
    },
    onError() {
      onLine(line);
      this.close();
    },
  };
  return new TCP(options);
}

export const byName: Options = { host: "example.com", port: 80, format: "number" };

export function intoBuffer(socket: TCP): ArrayBuffer {
  const buffer = new ArrayBuffer(64);
  socket.read(buffer);
  socket.read(new DataView(buffer));
  const rest: number | ArrayBuffer = socket.read(4);
  return typeof rest === "number" ? buffer : rest;
}
