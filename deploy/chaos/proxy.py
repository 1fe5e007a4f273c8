#!/usr/bin/env python3
"""Stands between the programs of a cluster, and between them and their S3, and disturbs.

    proxy.py [--seed N] NAME=HOST:PORT>HOST:PORT... [s3:NAME=HOST:PORT>HOST:PORT...]

listens at the first address of each route and passes everything on to the second. Routes that
begin with s3: are read as HTTP, request by request; nothing in a request is changed, the Host
header neither, so that signatures stay right. Commands come as lines on standard input; NAME may
have '*':

    cut NAME SECONDS             resets all connections, and new ones for so long (0: none)
    mute NAME SECONDS            passes nothing on for so long and says nothing; nothing is lost
    slow NAME MILLISECONDS SECONDS   holds every piece back for so long
    faults NAME PERCENT SECONDS  (s3) so many of the requests fail, each in one of the ways below
    heal                         ends all of that

The ways of a request to fail: 'slowdown' and 'error' (answered 503 and 500, not passed on), 'lost'
(passed on and done, but answered 500), 'upload' (connection reset in the middle of its body),
'download' (reset in the middle of the answer), 'held' (answered 1 to 5 s late). Every command and
fault is a line on standard output.
"""

import asyncio
import fnmatch
import random
import socket
import struct
import sys
import time

PIECE = 65_536
HEAD_MAX = 1 << 20
WAYS = ["slowdown", "error", "lost", "upload", "download", "held"]
ERRORS = {
    "SlowDown": ("503 Slow Down", "Please reduce your request rate."),
    "InternalError": (
        "500 Internal Server Error",
        "We encountered an internal error. Please try again.",
    ),
}


class Cut(Exception):
    """The connection is to be reset."""


def say(text):
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


def reset(writer):
    """Ends a connection as a crash does: what waits is dropped, the other side gets a reset."""
    handle = writer.get_extra_info("socket")
    if handle is not None:
        try:
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
    writer.transport.abort()


class Route:
    """One port, where it leads, and how it is disturbed now. Times are of the monotonic clock."""

    def __init__(self, text, dice):
        self.is_s3 = text.startswith("s3:")
        self.name, addresses = text.removeprefix("s3:").split("=", 1)
        self.own, self.target = [
            (host, int(port))
            for host, port in (part.rsplit(":", 1) for part in addresses.split(">"))
        ]
        self.dice = dice
        self.writers = set()
        self.heal()

    def heal(self):
        self.refused_until = self.mute_until = self.slow_until = self.faults_until = 0.0
        self.slow_seconds = self.percent = 0.0

    async def listen(self):
        return await asyncio.start_server(self.accept, *self.own, limit=HEAD_MAX)

    async def accept(self, reader, writer):
        self.writers.add(writer)
        try:
            if time.monotonic() < self.refused_until:
                raise Cut
            await (self.serve_s3 if self.is_s3 else self.serve)(reader, writer)
        except (Cut, OSError, EOFError, asyncio.LimitOverrunError):
            reset(writer)
        finally:
            self.writers.discard(writer)
            writer.close()

    async def dial(self):
        await self.gate()
        reader, writer = await asyncio.open_connection(*self.target, limit=HEAD_MAX)
        self.writers.add(writer)
        return reader, writer

    async def gate(self):
        """Returns when the next piece may pass."""
        if time.monotonic() < self.slow_until:
            await asyncio.sleep(self.slow_seconds)
        while time.monotonic() < self.mute_until:
            await asyncio.sleep(0.05)

    async def send(self, writer, data):
        await self.gate()
        writer.write(data)
        await writer.drain()

    async def serve(self, reader, writer):
        """Passes bytes in both directions, and their ends."""
        back, forth = await self.dial()
        try:
            await asyncio.gather(self.pump(reader, forth), self.pump(back, writer))
        except (OSError, RuntimeError):
            reset(forth)
            raise Cut from None
        finally:
            self.writers.discard(forth)
            forth.close()

    async def pump(self, reader, writer):
        while data := await reader.read(PIECE):
            await self.send(writer, data)
        await self.gate()
        writer.write_eof()

    async def serve_s3(self, reader, writer):
        """Passes requests on, one after the other, each over a connection of its own."""
        while True:
            try:
                request = await read_head(reader)
            except asyncio.IncompleteReadError as end:
                if end.partial:
                    raise Cut from None
                return
            way = None
            if time.monotonic() < self.faults_until:
                if self.dice.random() * 100 < self.percent:
                    way = self.dice.choice(WAYS)
                    say(f"fault {way}: {request.words[0]} {request.words[1][:120]}")
            if way in ("slowdown", "error"):
                await self.copy_body(reader, None, request.length)
                await self.refuse(writer, request, "SlowDown" if way == "slowdown" else None)
            elif not await self.exchange(request, way, reader, writer):
                return

    async def exchange(self, request, way, reader, writer):
        """One request and its answer; False if the connection ends with it."""
        back, forth = await self.dial()
        try:
            await self.send(forth, request.bytes(connection="close"))
            if way == "upload":
                await self.copy_body(reader, forth, request.length // 2)
                raise Cut
            await self.copy_body(reader, forth, request.length)
            answer = await read_head(back)
            while answer.words[1].startswith("1"):
                answer = await read_head(back)
            if way == "lost":
                await self.copy_body(back, None, 0 if request.is_head else answer.length)
                await self.refuse(writer, request)
                return True
            if way == "held":
                await asyncio.sleep(1 + 4 * self.dice.random())
            if request.is_head or answer.words[1] in ("204", "304"):
                length = 0
            else:
                length = answer.length if answer.has_length else None
            stays = length is not None
            head = answer.bytes(connection="keep-alive" if stays else "close")
            if way == "download":
                await self.send(writer, head if length else head[: len(head) // 2])
                await self.copy_body(back, writer, (length or 0) // 2)
                # A reset drops what waits: give the half time to arrive.
                await asyncio.sleep(0.05)
                raise Cut
            await self.send(writer, head)
            await self.copy_body(back, writer, length)
            return stays
        except (Cut, OSError, EOFError):
            reset(forth)
            raise Cut from None
        finally:
            self.writers.discard(forth)
            forth.close()

    async def copy_body(self, reader, writer, length):
        """So many bytes, or None: to the end of the connection; to nobody without a writer."""
        while length is None or length > 0:
            data = await reader.read(PIECE if length is None else min(PIECE, length))
            if not data:
                if length is None:
                    return
                raise Cut
            if length is not None:
                length -= len(data)
            if writer is not None:
                await self.send(writer, data)

    async def refuse(self, writer, request, code=None):
        code = code or "InternalError"
        status, message = ERRORS[code]
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{code}</Code><Message>{message}</Message>"
            "<RequestId>4442587FB7D0A2F9</RequestId></Error>"
        ).encode()
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: application/xml\r\n"
            f"x-amz-request-id: 4442587FB7D0A2F9\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        await self.send(writer, head if request.is_head else head + body)


class Head:
    """The first line and the headers of a request or an answer, as they came."""

    def __init__(self, data):
        self.lines = data[:-4].split(b"\r\n")
        self.words = self.lines[0].decode("latin-1").split(" ", 2)
        fields = [line.split(b":", 1) for line in self.lines[1:]]
        self.fields = {
            name.strip().lower(): value.strip().lower() for name, value in fields
        }
        self.is_head = self.words[0] == "HEAD"
        self.has_length = b"content-length" in self.fields
        self.length = int(self.fields.get(b"content-length", 0))
        if self.words[0].isalpha() and b"transfer-encoding" in self.fields:
            say(f"a request without a length is not passed on: {' '.join(self.words)}")
            raise Cut

    def bytes(self, connection):
        """With another Connection header, which belongs to the one connection only."""
        kept = [line for line in self.lines if not line.lower().startswith(b"connection:")]
        return b"\r\n".join(kept) + f"\r\nConnection: {connection}\r\n\r\n".encode()


async def read_head(reader):
    return Head(await reader.readuntil(b"\r\n\r\n"))


def obey(routes, line):
    """One command."""
    name, *rest = line.split()
    now = time.monotonic()
    if name == "heal":
        for route in routes:
            route.heal()
        return
    chosen = [route for route in routes if fnmatch.fnmatchcase(route.name, rest[0])]
    if not chosen:
        raise ValueError(f"there is no route '{rest[0]}'")
    values = [float(word) for word in rest[1:]]
    for route in chosen:
        if name == "cut":
            route.refused_until = now + values[0]
            for writer in list(route.writers):
                reset(writer)
        elif name == "mute":
            route.mute_until = now + values[0]
        elif name == "slow":
            route.slow_seconds, route.slow_until = values[0] / 1000, now + values[1]
        elif name == "faults" and route.is_s3:
            route.percent, route.faults_until = values[0], now + values[1]
        else:
            raise ValueError(f"'{name}' is no command for '{route.name}'")


async def main(words):
    seed = None
    if words[:1] == ["--seed"]:
        seed, words = int(words[1]), words[2:]
    dice = random.Random(seed)
    routes = [Route(word, dice) for word in words]
    servers = [await route.listen() for route in routes]
    say(f"passes on {', '.join(route.name for route in routes)}")
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(commands), sys.stdin
    )
    while line := (await commands.readline()).decode().strip():
        say(line)
        try:
            obey(routes, line)
        except (ValueError, IndexError) as error:
            say(f"'{line}' is not understood: {error}")
    for server in servers:
        server.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
