"""Two hundred users, and a server that knows them.

`make FOLDER COUNT` writes `accounts.csv` (user, password, token) and Mosquitto's `passwords`; the last argument `wrong` gives
the first user another password than the broker has. `serve` is a room server on python-socketio 5 that wants a JSON Web
Token (RFC 7519, HS256) in the query and another of the same user in the payload of CONNECT; it prints `ready PORT`, and
`user NAME` for each that it lets in.
"""

import base64
import csv
import hashlib
import hmac
import json
import os
import socket
import sys
import urllib.parse

KEY = b"the server's own key"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(user):
    body = encoded(b'{"alg":"HS256","typ":"JWT"}') + "." + encoded(json.dumps({"sub": user}).encode())
    return body + "." + encoded(hmac.digest(KEY, body.encode(), "sha256"))


def user(text):
    body, _, signature = (text or "").rpartition(".")
    if not hmac.compare_digest(signature, encoded(hmac.digest(KEY, body.encode(), "sha256"))):
        return None
    claims = body.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"]


def make(folder, count, wrong):
    rows = [(f"user {n}", f'pw,{n}"{n}', token(f"user {n}")) for n in range(count)]
    with open(f"{folder}/accounts.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["user", "password", "token"])
        for n, (name, password, jwt) in enumerate(rows):
            writer.writerow([name, "not it" if wrong and n == 0 else password, jwt])
    with open(f"{folder}/passwords", "w") as file:
        for name, password, _ in rows:
            salt = os.urandom(12)
            digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 101)
            file.write(f"{name}:$7$101${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}\n")
    os.chmod(f"{folder}/passwords", 0o600)


def serve():
    import socketio
    import uvicorn

    server = socketio.AsyncServer(async_mode="asgi", logger=False)
    rooms = {}

    @server.event
    async def connect(sid, environ, auth):
        query = urllib.parse.parse_qs(environ["QUERY_STRING"])
        name = user(query.get("token", [""])[0])
        if name is None or user((auth or {}).get("jwt")) != name:
            raise socketio.exceptions.ConnectionRefusedError("the token is not one of ours")
        print("user", name, flush=True)

    @server.event
    async def enter(sid, room):
        rooms[sid] = room
        await server.enter_room(sid, room)

    @server.event
    async def message(sid, data):
        data["from"] = sid
        await server.emit("message", data, room=rooms[sid], skip_sid=sid)

    @server.event
    async def disconnect(sid):
        room = rooms.pop(sid, None)
        if room is not None:
            await server.emit("user disconnected", sid, room=room, skip_sid=sid)

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    print("ready", listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(socketio.ASGIApp(server), log_level="error")).run(sockets=[listener])


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]), sys.argv[4:] == ["wrong"])
else:
    serve()
