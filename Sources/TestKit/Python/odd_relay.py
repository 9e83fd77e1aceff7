"""The relay of tiny_relay.py behind a door that is hard to open, as those of real deployments are; prints `ready PORT`.

    odd_relay.py limit N           answers all but N upgrades with 429
    odd_relay.py forbidden         answers every upgrade with 403, in colours and bytes that are no text
    odd_relay.py mute              takes connections and says nothing
    odd_relay.py redirect          sends those who ask for / to /signal/
    odd_relay.py token TOKEN       wants the token, as a bearer's or as access_token in the query
    odd_relay.py subprotocol NAME  speaks with nobody who does not offer it
    odd_relay.py idle SECONDS      cuts connections on which nothing came for so long
    odd_relay.py tls CERT KEY [CA] TLS, with client certificates where there is an authority for them
    odd_relay.py mortal depth|size dies of JSON that is nested deeply, or of messages over 100,000 characters
"""

import asyncio
import http
import json
import os
import ssl
import sys
import urllib.parse

import websockets
from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Response

import tiny_relay

kind, words = sys.argv[1], sys.argv[2:]
seen = 0


def refusal(status, body=b"", **fields):
    headers = Headers({name.replace("_", "-"): value for name, value in fields.items()})
    headers["Content-Length"] = str(len(body))
    headers["Connection"] = "close"
    return Response(status, http.HTTPStatus(status).phrase, headers, body)


def door(connection, request):
    """The refusal of an upgrade; None for those that are let in."""
    global seen
    seen += 1
    url = urllib.parse.urlsplit(request.path)
    if kind == "limit" and seen > int(words[0]):
        return refusal(429, b"three of you are enough", Retry_After="7")
    if kind == "forbidden":
        return refusal(403, b"\x1b[35mnot from here\x1b[0m \x07\x00 \xc3\x28 origin")
    if kind == "redirect" and url.path == "/":
        return refusal(307, Location="/signal/")
    if kind == "token":
        given = [request.headers.get("Authorization", "").removeprefix("Bearer ")]
        if words[0] not in given + urllib.parse.parse_qs(url.query).get("access_token", []):
            return refusal(401, b"who are you?")
    if kind == "subprotocol" and words[0] not in request.headers.get("Sec-WebSocket-Protocol", ""):
        return refusal(400, f"speak {words[0]}".encode())
    return None


class Impatient(ServerConnection):
    """Cuts the connection, without a word, when nothing has come for a while; pings are something."""

    timer = None

    def data_received(self, data):
        if self.timer:
            self.timer.cancel()
        self.timer = asyncio.get_running_loop().call_later(float(words[0]), self.transport.abort)
        super().data_received(data)


async def silence(reader, writer):
    await reader.read(-1)


def mortal(text):
    if words == ["size"] and len(text) > 100_000:
        os._exit(134)
    try:
        return loads(text)
    except RecursionError:
        os._exit(134)


def encryption():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(words[0], words[1])
    if words[2:]:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(words[2])
    return context


loads = json.loads
if kind == "mortal":
    tiny_relay.json.loads = mortal


async def main():
    if kind == "mute":
        server = await asyncio.start_server(silence, "127.0.0.1", 0)
    else:
        server = await websockets.serve(
            tiny_relay.serve, "127.0.0.1", 0, compression=None, process_request=door, max_size=None,
            ssl=encryption() if kind == "tls" else None, subprotocols=words if kind == "subprotocol" else None,
            create_connection=Impatient if kind == "idle" else ServerConnection, ping_interval=None)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Future()


asyncio.run(main())
