import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";

const HEAD_END = "\r\n\r\n";

/** GETs a resource; nothing is called if that fails. */
export function get(address: string, port: number, path: string, done: (body: string) => void): void {
  let answer = "";
  let isAsked = false;
  new TCP({
    address,
    port,
    onWritable() {
      if (isAsked) return;
      isAsked = true;
      this.write(
        ArrayBuffer.fromString(`GET ${path} HTTP/1.1\r\nHost: ${address}\r\nConnection: close${HEAD_END}`),
      );
    },
    onReadable() {
      answer += String.fromArrayBuffer(this.read() as ArrayBuffer);
    },
    onError() {
      this.close();
      const [head = "", body] = answer.split(HEAD_END);
      if (head.startsWith("HTTP/1.1 200 ") && body !== undefined) done(body);
      else trace(`no answer to GET ${path}\n`);
    },
  });
}

/** Answers each request with what `body` gives, as JSON. */
export function serve(port: number, body: () => string): void {
  new Listener({
    port,
    onReadable(count) {
      for (let left = count; left > 0; left--) answerOn(this.read()!, body);
    },
  });
}

function answerOn(from: TCP, body: () => string): void {
  let request = "";
  new TCP({
    from,
    onReadable() {
      request += String.fromArrayBuffer(this.read() as ArrayBuffer);
      if (!request.includes(HEAD_END)) return;
      const bytes = ArrayBuffer.fromString(body());
      const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${bytes.byteLength}`;
      this.write(ArrayBuffer.fromString(`${head}\r\nConnection: close${HEAD_END}`));
      this.write(bytes);
      this.close();
    },
    onError() {
      this.close();
    },
  });
}
