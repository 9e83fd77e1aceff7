"""An adapter for an HTTP API of rooms, over Python's standard library: a thread reads for each agent, one writes.

    signalbench run --backend 'exec:python3 http_adapter.py 127.0.0.1:8080'

    PUT    /rooms/ROOM/members/ID            joins
    DELETE /rooms/ROOM/members/ID            leaves
    GET    /rooms/ROOM/members/ID/messages   waits for messages; an array of them, or 404 for who is no member
    POST   /rooms/ROOM/messages?from=ID      sends one to every other member
"""
import http.client
import json
import queue
import sys
import threading
import urllib.parse
import uuid

lock = threading.Lock()


def say(**line):
    with lock:
        print(json.dumps(line), flush=True)


def serve(agent, commands, place):
    """What the driver asks of one agent; one request at a time, so that messages keep their order."""
    name, room, server = uuid.uuid4().hex, None, http.client.HTTPConnection(place)

    def ask(method, path, body=None):
        server.request(method, path, body)
        answer = server.getresponse()
        answer.read()
        if answer.status >= 400:
            say(agent=agent, op="error", code=str(answer.status), message=answer.reason)

    say(agent=agent, op="welcomed", id=name)
    while (command := commands.get())["op"] != "close":
        if command["op"] == "join":
            room = "/rooms/" + urllib.parse.quote(command["room"], safe="")
            ask("PUT", f"{room}/members/{name}")
            threading.Thread(target=listen, args=(agent, place, f"{room}/members/{name}/messages"), daemon=True).start()
            say(agent=agent, op="joined")
        elif command["op"] == "send":
            ask("POST", f"{room}/messages?from={name}", json.dumps(command["signal"]))
        elif command["op"] == "leave":
            ask("DELETE", f"{room}/members/{name}")
    if room:
        ask("DELETE", f"{room}/members/{name}")
    say(agent=agent, op="closed")


def listen(agent, place, path):
    server = http.client.HTTPConnection(place)
    while True:
        server.request("GET", path)
        answer = server.getresponse()
        text = answer.read()
        if answer.status != 200:
            return
        for message in json.loads(text):
            say(agent=agent, op="signal", signal=message)


agents = {}
for line in sys.stdin:
    command = json.loads(line)
    if command["op"] == "hello":
        say(op="hello", version=1, capabilities={"order": "fifo"})
    elif command["op"] == "ping":
        say(op="pong", n=command["n"])
    elif command["op"] == "open":
        agents[command["agent"]] = commands = queue.Queue()
        threading.Thread(target=serve, args=(command["agent"], commands, sys.argv[1]), daemon=True).start()
    else:
        agents[command["agent"]].put(command)
