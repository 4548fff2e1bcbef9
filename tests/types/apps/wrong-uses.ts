import type Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import UDP from "embedded:io/socket/udp";

declare const socket: TCP;
declare const udp: UDP;
declare const listener: Listener;

// @ts-expect-error options are needed
new TCP();
// @ts-expect-error the remote end is missing
new TCP({});
// @ts-expect-error the port is missing
new TCP({ address: "192.0.2.1" });
// @ts-expect-error a port is a number
new TCP({ address: "192.0.2.1", port: "80" });
// @ts-expect-error there is no such format
new TCP({ address: "192.0.2.1", port: 80, format: "string" });
// @ts-expect-error a listener may have no connection
new TCP({ from: listener.read() });
// @ts-expect-error a UDP socket is no TCP socket
new TCP({ from: udp });
// @ts-expect-error a number of bytes is told, no text
new TCP({ address: "192.0.2.1", port: 80, onReadable: (text: string) => text });
// @ts-expect-error there is no such format
socket.format = "string";
// @ts-expect-error text has no bytes
socket.write("text");
// @ts-expect-error the remote end can't be changed
socket.remotePort = 80;
// @ts-expect-error callbacks are the constructor's
socket.onReadable(1);
// @ts-expect-error connections are read one by one
listener.read(1);
// @ts-expect-error a listener's port can't be changed
listener.port = 80;
// @ts-expect-error there is no such format
listener.format = "buffer";
// @ts-expect-error a group is an address
new UDP({ multicast: 1, timeToLive: 1 });
// @ts-expect-error an address is text
udp.write(new Uint8Array(1), 1, 9);
// @ts-expect-error there is no such format
udp.format = "number";
