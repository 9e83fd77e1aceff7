"""Relays that lie, one on a port of its own for each name given, by the documented JSON alone.

Each keeps a log of what it truly did, and prints it as a line of JSON whenever its last client has gone: messages
`taken` from clients and deliveries `said` to them, and how many `lies` it told.
"""

import asyncio
import json
import logging
import secrets
import sys

import websockets


class Relay:
    """An honest one; what a liar does otherwise stands in its own class."""

    def __init__(self):
        self.rooms, self.clients = {}, set()
        self.taken = self.said = self.lies = self.count = 0

    def each(self, number):
        self.count += 1
        return self.count % number == 0

    async def serve(self, socket):
        self.clients.add(socket)
        try:
            await self.greet(socket)
            async for text in socket:
                message = json.loads(text)
                op, room = message["op"], message["room"]
                if op == "join":
                    await self.join(socket, room)
                elif op == "leave":
                    self.rooms[room].discard(socket)
                    await socket.send(json.dumps({"op": "left", "room": room}))
                elif socket in self.rooms.get(room, ()):
                    self.taken += 1
                    await self.relay(socket, room, message["data"])
        except websockets.ConnectionClosed:
            pass
        finally:
            self.clients.discard(socket)
            for members in self.rooms.values():
                members.discard(socket)
            if not self.clients:
                log = {"lie": type(self).__name__, "taken": self.taken, "said": self.said, "lies": self.lies}
                print(json.dumps(log), flush=True)

    async def greet(self, socket):
        await socket.send(json.dumps({"op": "welcome", "id": secrets.token_hex(8)}))

    async def join(self, socket, room):
        self.rooms.setdefault(room, set()).add(socket)
        await socket.send(json.dumps({"op": "joined", "room": room}))

    async def relay(self, socket, room, data):
        await self.say(self.rooms[room] - {socket}, room, data)

    async def say(self, sockets, room, data):
        text = json.dumps({"op": "message", "room": room, "data": data})
        for socket in sockets:
            try:
                await socket.send(text)
                self.said += 1
            except websockets.ConnectionClosed:
                pass


class Drops(Relay):
    """Swallows each third answer."""

    async def relay(self, socket, room, data):
        if data["type"] == "answer" and self.each(3):
            self.lies += len(self.rooms[room]) - 1
        else:
            await super().relay(socket, room, data)


class Doubles(Relay):
    """Says each tenth message twice."""

    async def relay(self, socket, room, data):
        await super().relay(socket, room, data)
        if data["type"] == "chatter" and self.each(10):
            self.lies += len(self.rooms[room]) - 1
            await super().relay(socket, room, data)


class Leaks(Relay):
    """Tells each tenth chatter message to somebody in another room, too."""

    async def relay(self, socket, room, data):
        await super().relay(socket, room, data)
        if data["type"] == "chatter" and self.each(10):
            other = next(iter(self.clients - self.rooms[room]))
            self.lies += 1
            await self.say([other], room, data)


class Alters(Relay):
    """Changes one byte of each tenth chatter message."""

    async def relay(self, socket, room, data):
        if data["type"] == "chatter" and self.each(10):
            self.lies += len(self.rooms[room]) - 1
            data["pad"] = ("y" if data["pad"][0] == "x" else "x") + data["pad"][1:]
        await super().relay(socket, room, data)


class Reorders(Relay):
    """Lets each tenth chatter message be overtaken by its sender's next."""

    held = {}

    async def relay(self, socket, room, data):
        held = self.held.pop(socket, None)
        if held is None and data["type"] == "chatter" and self.each(10):
            self.held[socket] = data
            return
        await super().relay(socket, room, data)
        if held is not None:
            self.lies += len(self.rooms[room]) - 1
            await super().relay(socket, room, held)


class Refuses(Relay):
    """Lets nobody join as the third of a room."""

    async def join(self, socket, room):
        if len(self.rooms.get(room, ())) < 2:
            return await super().join(socket, room)
        self.lies += 1
        await socket.send(json.dumps({"op": "error", "code": "bad-room", "message": "two are enough", "room": room}))


class Replays(Relay):
    """Tells whoever joins what another run said."""

    async def join(self, socket, room):
        await super().join(socket, room)
        for number in range(20):
            tag = f"dead0001.0000.0003.00.{number:05}.00000000"
            data = {"type": "chatter", "from": "0123456789abcdef", "tag": tag, "pad": "x"}
            await socket.send(json.dumps({"op": "message", "room": room, "data": data}))
            self.lies += 1


class Stalls(Relay):
    """Reads nothing for two seconds from its fiftieth message on."""

    async def relay(self, socket, room, data):
        if self.count < 50 and self.each(50):
            self.until = asyncio.get_running_loop().time() + 2
        wait = getattr(self, "until", 0) - asyncio.get_running_loop().time()
        if wait > 0:
            self.lies += 1
            await asyncio.sleep(wait)
        await super().relay(socket, room, data)


class Late(Relay):
    """Says welcome a second late."""

    async def greet(self, socket):
        await asyncio.sleep(1)
        self.lies += 1
        await super().greet(socket)


class Dies(Relay):
    """Ends every connection with its fiftieth message."""

    async def relay(self, socket, room, data):
        await super().relay(socket, room, data)
        if self.count < 50 and self.each(50):
            self.lies += len(self.clients)
            for client in list(self.clients):
                client.transport.abort()


async def main():
    # A probe for a listener is no handshake, and no error.
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    ports = []
    for name in sys.argv[1:]:
        server = await websockets.serve(globals()[name]().serve, "127.0.0.1", 0, compression=None)
        ports.append(server.sockets[0].getsockname()[1])
    print("ready", *ports, flush=True)
    await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main())
