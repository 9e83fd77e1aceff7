"""Small servers of five protocols, made after their sources and documentation to test mappings against; prints its port.

    json_servers.py y-webrtc|ayame|apprtc|phoenix|mdn-chat
"""
import asyncio
import json
import sys

import websockets

rooms = {}  # room -> sockets
names = {}  # name -> socket


async def tell(sockets, message):
    text = json.dumps(message)
    for socket in list(sockets):
        await socket.send(text)


def others(room, socket):
    return [other for other in rooms.get(room, ()) if other is not socket]


async def y_webrtc(socket, message, member):
    if message["type"] == "subscribe":
        for topic in message["topics"]:
            rooms.setdefault(topic, set()).add(socket)
    elif message["type"] == "unsubscribe":
        for topic in message["topics"]:
            rooms.get(topic, set()).discard(socket)
    elif message["type"] == "publish":
        receivers = rooms.get(message["topic"], set())
        await tell(receivers, {**message, "clients": len(receivers)})
    elif message["type"] == "ping":
        await tell([socket], {"type": "pong"})


async def ayame(socket, message, member):
    if message["type"] == "register":
        members = rooms.setdefault(message["roomId"], set())
        if len(members) == 2:
            return await tell([socket], {"type": "reject", "reason": "full"})
        member["room"] = message["roomId"]
        members.add(socket)
        await tell([socket], {"type": "accept", "connectionId": str(id(socket)), "isExistClient": len(members) == 2})
        await tell([socket], {"type": "ping"})
    elif message["type"] in ("offer", "answer", "candidate"):
        await tell(others(member["room"], socket), message)
    else:
        assert message["type"] == "pong"


async def apprtc(socket, message, member):
    if message["cmd"] == "register":
        member["room"] = message["roomid"]
        rooms.setdefault(message["roomid"], set()).add(socket)
    else:
        await tell(others(member["room"], socket), {"msg": message["msg"], "error": ""})


async def phoenix(socket, message, member):
    topic, event, ref = message["topic"], message["event"], message["ref"]
    if event == "signal":
        return await tell(others(topic, socket), {"topic": topic, "event": "signal", "payload": message["payload"], "ref": None})
    if event == "phx_join":
        rooms.setdefault(topic, set()).add(socket)
    elif event == "phx_leave":
        rooms.get(topic, set()).discard(socket)
    await tell([socket], {"topic": topic, "event": "phx_reply", "payload": {"status": "ok", "response": {}}, "ref": ref})


async def mdn_chat(socket, message, member):
    if message["type"] == "username":
        names[message["name"]] = socket
        await tell(names.values(), {"type": "userlist", "users": list(names)})
    elif message.get("target"):
        await tell([names[message["target"]]] if message["target"] in names else [], message)
    else:
        await tell(names.values(), message)


protocols = {"y-webrtc": y_webrtc, "ayame": ayame, "apprtc": apprtc, "phoenix": phoenix, "mdn-chat": mdn_chat}
answer = protocols[sys.argv[1]]


async def serve(socket):
    member = {}
    if answer is mdn_chat:
        await tell([socket], {"type": "id", "id": id(socket)})
    try:
        async for text in socket:
            await answer(socket, json.loads(text), member)
    except websockets.ConnectionClosed:
        pass
    for sockets in rooms.values():
        sockets.discard(socket)
    for name in [name for name, other in names.items() if other is socket]:
        del names[name]


async def main():
    words = ["json"] if answer is mdn_chat else None
    async with websockets.serve(serve, "127.0.0.1", 0, compression=None, subprotocols=words) as server:
        print("ready", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
