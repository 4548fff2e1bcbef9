import UDP from "embedded:io/socket/udp";

const NTP = 123;
const LENGTH = 48;

export function ask(server: string, done: (seconds: number) => void): UDP {
  const socket = new UDP({
    onReadable(packets) {
      for (; packets > 0; packets--) {
        const packet = this.read();
        if (packet.byteLength !== LENGTH || packet.address !== server || packet.port !== NTP) continue;
        done(new DataView(packet).getUint32(40));
      }
    },
    onError: () => done(0),
    format: "buffer",
    target: server,
  });
  const request = new Uint8Array(LENGTH);
  request[0] = 0x1b;
  socket.write(request, server, NTP);
  socket.write(request.buffer, server, NTP);
  return socket;
}

export const discovery: UDP = new UDP({ port: 5353, multicast: "224.0.0.251", timeToLive: 255 });
