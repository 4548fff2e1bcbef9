"""The kernel's sockets by remote control: one JSON request a line on standard input, one reply a line.

    python3 linux-peer.py ADDRESS         its sockets are on the interface with this address
    python3 linux-peer.py ADDRESS PORT    takes requests from whoever connects to this port instead

A request is {"id", "call", ...arguments}, a reply {"id", "value"} or {"id", "error": "ECONNREFUSED"}. Calls of different
requests wait at the same time. Bytes travel in base64. The process ends with its standard input.
"""

import asyncio
import base64
import errno
import json
import socket
import struct
import sys

# Small and fixed, so that a peer that is not read from is held up soon.
BUFFER = 64 * 1024


class Peer:
    def __init__(self, address):
        self.address = address
        self.sockets = {}
        self.tasks = {}
        self.count = 0

    def keep(self, kept):
        kept.setblocking(False)
        self.count += 1
        self.sockets[self.count] = kept
        return self.count

    def describe(self, tcp):
        address, port = tcp.getpeername()
        return {
            "socket": self.keep(tcp),
            "port": tcp.getsockname()[1],
            "remoteAddress": address,
            "remotePort": port,
        }

    def stream(self):
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        tcp.setblocking(False)
        return tcp

    async def listen(self, loop, port, backlog):
        tcp = self.stream()
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.bind(("0.0.0.0", port))
        tcp.listen(backlog)
        return {"socket": self.keep(tcp), "port": tcp.getsockname()[1]}

    async def accept(self, loop, socket):
        tcp, _ = await loop.sock_accept(self.sockets[socket])
        return self.describe(tcp)

    async def connect(self, loop, address, port):
        tcp = self.stream()
        try:
            await loop.sock_connect(tcp, (address, port))
            return self.describe(tcp)
        except BaseException:
            tcp.close()
            raise

    async def send(self, loop, socket, data):
        await loop.sock_sendall(self.sockets[socket], base64.b64decode(data))

    async def recv(self, loop, socket, max):
        data = await loop.sock_recv(self.sockets[socket], max)
        return base64.b64encode(data).decode()

    async def shutdown(self, loop, socket):
        self.sockets[socket].shutdown(1)

    async def reset(self, loop, socket):
        # No time to linger: close sends a reset.
        self.sockets[socket].setsockopt(1, 13, struct.pack("ii", 1, 0))
        await self.close(loop, socket)

    async def udp(self, loop, port, group, broadcast):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        own = socket.inet_aton(self.address)
        udp.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, own)
        if broadcast:
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        udp.bind(("0.0.0.0", port))
        if group is not None:
            membership = socket.inet_aton(group) + own
            udp.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        return {"socket": self.keep(udp), "port": udp.getsockname()[1]}

    async def sendTo(self, loop, socket, data, address, port):
        await loop.sock_sendto(self.sockets[socket], base64.b64decode(data), (address, port))

    async def recvFrom(self, loop, socket):
        data, (address, port) = await loop.sock_recvfrom(self.sockets[socket], 65536)
        return {"data": base64.b64encode(data).decode(), "address": address, "port": port}

    async def close(self, loop, socket):
        for task in self.tasks.pop(socket, set()):
            if task is not asyncio.current_task():
                task.cancel()
        closing = self.sockets.pop(socket, None)
        if closing is not None:
            # A cancelled call lets go of the descriptor in the next turn of the loop.
            await asyncio.sleep(0)
            closing.close()

    async def closeAll(self, loop):
        for number in list(self.sockets):
            await self.close(loop, number)


async def answer(peer, loop, request, write):
    number = request.pop("id")
    call = getattr(peer, request.pop("call"))
    used = peer.tasks.setdefault(request.get("socket"), set())
    task = asyncio.current_task()
    used.add(task)
    try:
        reply = {"id": number, "value": await call(loop, **request)}
    except OSError as error:
        reply = {"id": number, "error": errno.errorcode.get(error.errno, str(error))}
    except (KeyError, asyncio.CancelledError):
        reply = {"id": number, "error": "EBADF"}
    used.discard(task)
    write((json.dumps(reply) + "\n").encode())


async def serve(reader, write):
    loop = asyncio.get_running_loop()
    peer = Peer(sys.argv[1])
    answers = set()
    while line := await reader.readline():
        task = loop.create_task(answer(peer, loop, json.loads(line), write))
        answers.add(task)
        task.add_done_callback(answers.discard)
    await peer.closeAll(loop)


def write_output(line):
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


# A request holds as many bytes as a case sends at a time.
LIMIT = 64 * 1024 * 1024


async def main():
    loop = asyncio.get_running_loop()
    if len(sys.argv) > 2:
        take = lambda reader, writer: serve(reader, writer.write)
        server = await asyncio.start_server(take, port=int(sys.argv[2]), limit=LIMIT)
        await server.serve_forever()
    reader = asyncio.StreamReader(limit=LIMIT)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await serve(reader, write_output)


asyncio.run(main())
