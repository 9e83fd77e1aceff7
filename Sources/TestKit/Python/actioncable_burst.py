"""Sends bursts of sixty messages from one Action Cable client to another, and says whether any came out of order."""

import json
import sys

import websocket


def member(name):
    client = websocket.create_connection(sys.argv[1], subprotocols=["actioncable-v1-json"], timeout=20)
    assert json.loads(client.recv())["type"] == "welcome"
    identifier = json.dumps({"channel": "RoomChannel", "room": "burst", "peer": name})
    client.send(json.dumps({"command": "subscribe", "identifier": identifier}))
    while json.loads(client.recv()).get("type") != "confirm_subscription":
        pass
    return client, identifier


def burst(hearer, sender, identifier, count=60):
    for n in range(count):
        data = json.dumps({"action": "signal", "signal": {"type": "chatter", "from": "b", "n": n}})
        sender.send(json.dumps({"command": "message", "identifier": identifier, "data": data}))
    heard = []
    while len(heard) < count:
        text = json.loads(hearer.recv())
        if "identifier" in text and "message" in text:
            heard.append(text["message"]["n"])
    return heard


hearer, _ = member("a")
sender, identifier = member("b")
bursts = [burst(hearer, sender, identifier) for _ in range(10)]
print("complete" if all(sorted(heard) == list(range(60)) for heard in bursts) else bursts)
print("reordered" if any(heard != sorted(heard) for heard in bursts) else "in order")
