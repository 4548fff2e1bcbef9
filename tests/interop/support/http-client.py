# What python's own HTTP client makes of an echo server. Takes its URL and, for https, the file of the certificate to trust;
# prints one JSON object with a member for each case.
import hashlib
import http.client
import io
import json
import socket
import ssl
import sys
import types
from urllib.parse import urlsplit

PATIENCE = 20
MEBIBYTE = 1024 * 1024

url = urlsplit(sys.argv[1])


def connect(version=11):
    if url.scheme == "https":
        context = ssl.create_default_context(cafile=sys.argv[2])
        connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=PATIENCE, context=context)
    else:
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=PATIENCE)
    connection._http_vsn = version
    connection._http_vsn_str = "HTTP/1.%d" % (version % 10)
    return connection


def ask(connection, method, target="/", body=None, headers={}, **options):
    connection.request(method, target, body=body, headers=headers, **options)
    response = connection.getresponse()
    return response, response.read()


def methods():
    """Each over the same connection."""
    connection = connect()
    answers, sockets = {}, set()
    for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "PROPFIND"]:
        response, body = ask(connection, method, "/any/path?a=b", "hello", {"Content-Type": "text/x-test"})
        answers[method] = [response.status, body.decode(), response.getheader("Content-Type")]
        sockets.add(connection.sock)
    return {"answers": answers, "connections": len(sockets)}


def kept():
    """Many small requests over one connection, each with an answer of its own."""
    connection = connect()
    connection.connect()
    first = connection.sock
    count = 0
    while count < 200 and ask(connection, "POST", body=str(count))[1] == str(count).encode():
        count += 1
    return {"count": count, "reused": connection.sock is first}


def large():
    body = bytes(range(256)) * (MEBIBYTE // 256)
    response, echo = ask(connect(), "POST", body=body)
    return {"status": response.status, "same": hashlib.sha256(echo).digest() == hashlib.sha256(body).digest()}


def chunked():
    pieces = [b"a" * size for size in (1, 9, 10, 15, 16, 255, 256, 4095, 4096)]
    response, echo = ask(connect(), "PUT", body=iter(pieces), encode_chunked=True)
    return {"status": response.status, "same": echo == b"".join(pieces)}


def old():
    """HTTP/1.0 knows no chunks, and ends its messages by closing."""
    connection = connect(version=10)
    response, echo = ask(connection, "POST", body="old")
    return {
        "status": response.status,
        "version": response.version,
        "body": echo.decode(),
        "chunked": response.chunked,
        "closed": connection.sock is None,
    }


def closing():
    connection = connect()
    response, echo = ask(connection, "POST", body="last", headers={"Connection": "close"})
    return {"body": echo.decode(), "closed": connection.sock is None, "field": response.getheader("Connection")}


class Stream(io.BufferedReader):
    """What one response has read ahead belongs to the next."""

    def close(self):
        pass


def pipelined():
    """All requests before the first answer."""
    connection = connect()
    connection.connect()
    bodies = [b"one", b"two", b"", b"four"]
    for body in bodies:
        head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
        connection.sock.sendall(head + body)
    stream = Stream(connection.sock.makefile("rb", buffering=0))
    channel = types.SimpleNamespace(makefile=lambda mode: stream)
    echoes = []
    for _ in bodies:
        response = http.client.HTTPResponse(channel, method="POST")
        response.begin()
        echoes.append(response.read().decode())
    return echoes


def half_closed():
    """The client sends no more, and still gets its answer."""
    connection = connect()
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", "4")
    connection.endheaders(b"half")
    connection.sock.shutdown(socket.SHUT_WR)
    response = connection.getresponse()
    return {"status": response.status, "body": response.read().decode()}


CASES = [methods, kept, large, chunked, old, closing, pipelined]
# TLS has no half-close that python can do.
if url.scheme == "http":
    CASES.append(half_closed)

print(json.dumps({case.__name__: case() for case in CASES}))
