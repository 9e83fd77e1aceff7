"""A small MQTT 3.1.1 broker that keeps to the protocol until it is to do wrong.

It passes on what is published to every client whose filters name the topic, at QoS 0 or 1. After as many PUBLISH packets as
it was told, it misbehaves, once for every client that is connected then:

  unread      it reads nothing more from any connection
  unacked     it acknowledges no PUBLISH any more, but goes on passing messages on
  silent      it answers no PINGREQ any more
  takeover    it closes every connection, as for a second client of the same identifier
  none        it never does wrong

Prints `ready PORT`. Arguments: fault, number of PUBLISH packets before it.
"""

import asyncio
import struct
import sys

FAULT, AFTER = sys.argv[1], int(sys.argv[2])
clients, published, broken = {}, 0, False


def packet(first, body):
    length, head = len(body), bytes([first])
    while True:
        head += bytes([length % 128 | (128 if length > 127 else 0)])
        length //= 128
        if not length:
            return head + body


async def read_packet(reader):
    first = (await reader.readexactly(1))[0]
    length = shift = 0
    while True:
        digit = (await reader.readexactly(1))[0]
        length |= (digit & 127) << shift
        shift += 7
        if digit < 128:
            return first, await reader.readexactly(length)


def text(body, at):
    size = struct.unpack_from("!H", body, at)[0]
    return body[at + 2 : at + 2 + size], at + 2 + size


def break_now():
    global broken
    if broken or FAULT == "none" or published < AFTER:
        return
    broken = True
    if FAULT == "takeover":
        for writer in list(clients):
            writer.close()


async def serve(reader, writer):
    global published
    clients[writer] = {}
    try:
        while True:
            if broken and FAULT == "unread":
                await asyncio.sleep(3600)
            first, body = await read_packet(reader)
            kind = first >> 4
            if kind == 1:
                writer.write(b"\x20\x02\x00\x00")
            elif kind == 8:
                at, granted = 2, b""
                while at < len(body):
                    name, at = text(body, at)
                    clients[writer][name] = min(body[at], 1)
                    granted += bytes([min(body[at], 1)])
                    at += 1
                writer.write(packet(0x90, body[:2] + granted))
            elif kind == 3:
                published += 1
                name, at = text(body, 0)
                if first & 6:
                    identifier, at = body[at : at + 2], at + 2
                    if not (broken and FAULT == "unacked"):
                        writer.write(b"\x40\x02" + identifier)
                for other, filters in list(clients.items()):
                    if name in filters:
                        other.write(packet(0x30, struct.pack("!H", len(name)) + name + body[at:]))
                break_now()
            elif kind == 12 and not (broken and FAULT == "silent"):
                writer.write(b"\xd0\x00")
            elif kind == 14:
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        clients.pop(writer, None)
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(f"ready {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


asyncio.run(main())
