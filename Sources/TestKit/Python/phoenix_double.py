"""A stand-in for a Phoenix server and for Supabase Realtime, after their documentation and what their clients say.

    phoenix_double.py       prints "ready PORT"

Both serializers, by `vsn`. An event that is no protocol's own goes to the others of its topic, as a channel's
`broadcast_from!` does; `broadcast` and `presence` are Supabase's. A topic that ends in `forbidden` takes no join. One that ends
in `pushed` has a channel that intercepts what it broadcasts and pushes it, so that it bears the number of the receiver's join.
"""
import asyncio
import json
import urllib.parse

import websockets

topics = {}  # topic -> {member: its join}


class Member:
    """One connection."""

    def __init__(self, socket):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(socket.request.path).query)
        self.socket = socket
        self.is_array = query.get("vsn", ["1.0.0"])[0] == "2.0.0"

    def text(self, topic, event, payload, ref=None, join_ref=None):
        if self.is_array:
            message = [join_ref, ref, topic, event, payload]
        else:
            # Phoenix's maps have their keys in this order.
            message = {"event": event, "payload": payload, "ref": ref, "topic": topic}
        return json.dumps(message, separators=(",", ":"), ensure_ascii=False)

    async def send(self, text):
        try:
            await self.socket.send(text)
        except websockets.ConnectionClosed:
            pass

    async def say(self, *words):
        await self.send(self.text(*words))


async def tell(topic, event, payload, but=None):
    texts = {}  # what is written alike for several members is written once
    for member, config in list(topics.get(topic, {}).items()):
        if member is not but:
            form = member.is_array, config["join_ref"] if topic.endswith("pushed") else None
            if form not in texts:
                texts[form] = member.text(topic, event, payload, None, form[1])
            await member.send(texts[form])


async def gone(member, topic):
    config = topics.get(topic, {}).pop(member, {})
    if "key" in config:
        await tell(topic, "presence_diff", {"joins": {}, "leaves": {config["key"]: {"metas": [{"phx_ref": "F"}]}}})


async def heard(member, join_ref, ref, topic, event, payload):
    async def reply(status="ok", response=None):
        answer = {"status": status, "response": {} if response is None else response}
        await member.say(topic, "phx_reply", answer, ref, join_ref)

    joined = topics.setdefault(topic, {})
    if event == "heartbeat":
        await reply()
    elif event == "phx_join" and topic.endswith("forbidden"):
        await reply("error", {"reason": "unauthorized"})
    elif event == "phx_join":
        joined[member] = {**payload.get("config", {}), "join_ref": join_ref}
        await reply("ok", {"postgres_changes": []} if "config" in payload else {})
        if "config" in payload:
            keys = [config["key"] for config in joined.values() if "key" in config]
            await member.say(topic, "presence_state", {key: {"metas": [{"phx_ref": "F"}]} for key in keys})
    elif member not in joined:
        await reply("error", {"reason": "unmatched topic"})
    elif event == "phx_leave":
        await gone(member, topic)
        await reply()
        await member.say(topic, "phx_close", {}, ref, join_ref)
    elif event == "broadcast":
        wishes = joined[member].get("broadcast", {})
        await tell(topic, event, payload, None if wishes.get("self") else member)
        if wishes.get("ack"):
            await reply()
    elif event == "presence":
        key = joined[member].get("presence", {}).get("key") or "nobody"
        joined[member]["key"] = key
        await tell(topic, "presence_diff", {"joins": {key: {"metas": [{"phx_ref": "F"}]}}, "leaves": {}})
        await reply()
    else:
        await tell(topic, event, payload, member)


async def serve(socket):
    member = Member(socket)
    try:
        async for text in socket:
            message = json.loads(text)
            if isinstance(message, list):
                await heard(member, *message)
            else:
                words = [message.get(key) for key in ("join_ref", "ref", "topic", "event", "payload")]
                await heard(member, *words)
    except websockets.ConnectionClosed:
        pass
    for topic in list(topics):
        await gone(member, topic)


async def main():
    async with websockets.serve(serve, "127.0.0.1", 0, compression=None) as server:
        print("ready", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
