"""A relay of thirty lines, by the documented JSON alone: rooms, and messages to everybody else in them.

With the argument `deflate`, it serves nobody who does not offer permessage-deflate.
"""

import asyncio
import json
import secrets
import sys

import websockets

rooms, answers = {}, {"join": "joined", "leave": "left"}


async def serve(socket):
    await socket.send(json.dumps({"op": "welcome", "id": secrets.token_hex(8)}))
    mine = set()
    try:
        async for text in socket:
            try:
                message = json.loads(text)
                op, room = message["op"], message["room"]
                if op in answers and isinstance(room, str) and room:
                    (mine.add if op == "join" else mine.discard)(room)
                    getattr(rooms.setdefault(room, set()), "add" if op == "join" else "discard")(socket)
                    await socket.send(json.dumps({"op": answers[op], "room": room}))
                elif op == "message" and room in mine:
                    text = json.dumps({"op": "message", "room": room, "data": message["data"]})
                    websockets.broadcast(rooms[room] - {socket}, text)
                else:
                    raise ValueError(op)
            except (ValueError, KeyError, TypeError, RecursionError):
                await socket.send(json.dumps({"op": "error", "code": "bad-message", "message": "not understood"}))
    finally:
        for room in mine:
            rooms[room].discard(socket)


def demand(connection, request):
    if "permessage-deflate" not in request.headers.get("Sec-WebSocket-Extensions", ""):
        return connection.respond(400, "offer permessage-deflate")


async def main():
    how = {"compression": None}
    if sys.argv[1:] == ["deflate"]:
        how = {"compression": "deflate", "process_request": demand}
    async with websockets.serve(serve, "127.0.0.1", 0, **how) as server:
        print("ready", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main())
