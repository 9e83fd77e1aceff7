"""A room server on python-socketio 5 whose events are named its own way: join, signal, signal_to, left.

It listens at a free port of loopback and prints `ready PORT`. With the argument `mute` it never acknowledges anything, as
handlers for Node that do not call back; python-socketio itself acknowledges whatever asks for it.
"""

import socket
import sys

import socketio
import uvicorn


class MuteServer(socketio.AsyncServer):
    async def _handle_event(self, eio_sid, namespace, id, data):
        await super()._handle_event(eio_sid, namespace, None, data)


kind = MuteServer if sys.argv[1:] == ["mute"] else socketio.AsyncServer
server = kind(async_mode="asgi", logger=False)
rooms = {}


@server.event
async def join(sid, room):
    rooms[sid] = room
    await server.enter_room(sid, room)


@server.event
async def signal(sid, data):
    data["sender"] = sid
    await server.emit("signal", data, room=rooms[sid], skip_sid=sid)


@server.event
async def signal_to(sid, data):
    data["sender"] = sid
    if rooms.get(data["target"]) == rooms[sid]:
        await server.emit("signal_to", data, to=data["target"])


@server.event
async def disconnect(sid):
    room = rooms.pop(sid, None)
    if room is not None:
        await server.emit("left", sid, room=room, skip_sid=sid)


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(1024)
print("ready", listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(socketio.ASGIApp(server), log_level="error")).run(sockets=[listener])
