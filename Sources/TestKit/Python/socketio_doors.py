"""Room servers on python-socketio 5 that want to be spoken to in a certain way; listens on free ports, prints `ready PORT ...`.

    socketio_doors.py query TOKEN      refuses whoever has not token=TOKEN in the query
    socketio_doors.py auth TOKEN       refuses whoever has not {"token": TOKEN} in the payload of CONNECT
    socketio_doors.py namespace NAME   knows no other namespace
    socketio_doors.py objects          joins by {"room": ...}, relays signals behind their room, and sends binary news between
    socketio_doors.py nodes            two servers at two ports that share their rooms, but not their sessions
"""

import asyncio
import socket
import sys
import urllib.parse

import socketio
import uvicorn
from socketio.async_pubsub_manager import AsyncPubSubManager

kind, words = sys.argv[1], sys.argv[2:]
namespace = words[0] if kind == "namespace" else "/"


class Bus(AsyncPubSubManager):
    """What one server of this process says, all of them hear."""

    name = "bus"
    queues = []

    def __init__(self):
        super().__init__()
        self.queue = asyncio.Queue()
        self.queues.append(self.queue)

    async def _publish(self, data):
        for queue in self.queues:
            queue.put_nowait(data)

    async def _listen(self):
        while True:
            yield await self.queue.get()


def make():
    server = socketio.AsyncServer(
        async_mode="asgi", logger=False, client_manager=Bus() if kind == "nodes" else None, namespaces=[namespace])
    rooms = {}

    async def connect(sid, environ, auth=None):
        query = urllib.parse.parse_qs(environ["QUERY_STRING"])
        if kind == "query" and query.get("token") != words:
            raise socketio.exceptions.ConnectionRefusedError("the query has no token of ours")
        if kind == "auth" and (auth or {}).get("token") not in words:
            raise socketio.exceptions.ConnectionRefusedError("the payload has no token of ours")

    async def join(sid, room):
        room = room["room"] if kind == "objects" else room
        rooms[sid] = room
        await server.enter_room(sid, room, namespace=namespace)
        return True

    async def signal(sid, *arguments):
        data = {**arguments[-1], "sender": sid}
        answer = ({"room": rooms[sid]}, data) if kind == "objects" else (data,)
        if kind == "objects":
            await server.emit("news", {"blob": b"\x00\xff\x00"}, room=rooms[sid], namespace=namespace)
        await server.emit("signal", answer, room=data.get("sendto", rooms[sid]), skip_sid=sid, namespace=namespace)

    async def disconnect(sid, reason=None):
        room = rooms.pop(sid, None)
        if room is not None:
            await server.emit("left", sid, room=room, skip_sid=sid, namespace=namespace)

    for handler in (connect, join, signal, disconnect):
        server.on(handler.__name__, handler, namespace=namespace)
    return socketio.ASGIApp(server)


async def main():
    listeners = []
    servers = []
    for _ in range(2 if kind == "nodes" else 1):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        listeners.append(listener)
        servers.append(uvicorn.Server(uvicorn.Config(make(), log_level="error")))
    print("ready", *(listener.getsockname()[1] for listener in listeners), flush=True)
    await asyncio.gather(*(one.serve(sockets=[at]) for one, at in zip(servers, listeners)))


asyncio.run(main())
