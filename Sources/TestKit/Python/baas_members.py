"""python-socketio 4 (Engine.IO 3) speaking W1 by hand to the emulator: accounts, stores, events, queries.

Prints `ok`. Arguments: URL, transports (`websocket`, `polling`, or `polling,websocket` for an upgrade).
"""

import itertools
import queue
import sys
import threading

import requests
import socketio

URL, TRANSPORTS = sys.argv[1].rstrip("/"), sys.argv[2].split(",")
numbers = itertools.count()


class Member:
    def __init__(self, how="anonymous", **form):
        self.answers, self.events = {}, queue.Queue()
        headers = {}
        if how:
            reply = requests.post(f"{URL}/account-api/{how}", data=form, timeout=10)
            self.login = reply.json()
            if self.login["user"]:
                self.id = self.login["user"]["id"]
                name, value = next(iter(reply.cookies.items()))
                headers = {"Cookie": f"{name}={value}"}
        self.client = socketio.Client(reconnection=False)
        ready = threading.Event()
        self.client.on("init", lambda data: ready.set() if data["ts"] > 1.5e12 else None)
        self.client.on("a", self.answered)
        for letter in "bcde":
            self.client.on(letter, lambda data, letter=letter: self.events.put((letter, data)))
        self.client.connect(URL, headers=headers, transports=TRANSPORTS)
        assert ready.wait(10), "no init"

    def answered(self, data):
        self.answers.setdefault(data["callback_id"], queue.Queue()).put(data["docs"])

    def ask(self, verb, **fields):
        number = next(numbers)
        waiting = self.answers.setdefault(number, queue.Queue())
        self.client.emit(verb, {**fields, "callback_id": number})
        return waiting.get(timeout=10)

    def next(self):
        return self.events.get(timeout=10)


a, b = Member(), Member()
assert a.id != b.id and len(a.id) == 15, (a.id, b.id)
assert a.ask("getcurrentuser")["user"] == {"id": a.id}
stranger = Member(how=None)
assert stranger.ask("getcurrentuser")["user"] is None
stranger.client.disconnect()

# Events: to everybody who listens, the sender included, in one order; paths are normalised.
for member in (a, b):
    for event in ("push", "send", "set", "remove"):
        assert member.ask("on", event=event, path="/signaling//room/")["err"] is None
pushed = a.ask("push", path="signaling/room", value={"type": "call", "from": a.id, "__proto__": 1, "n": 1})
assert pushed["err"] is None and len(pushed["id"]) == 15 and pushed["value"]["type"] == "call", pushed
for member in (a, b):
    letter, event = member.next()
    assert letter == "b" and event["id"] == pushed["id"] and event["path"] == "signaling/room", event
    assert event["value"]["__proto__"] == 1 and event["sys"] == {"path": "signaling/room"} and event["err"] is None
sent = b.ask("send", path="signaling/room", value={"text": "\u2028 \U0001F600"})
assert sent["err"] is None
for member in (a, b):
    letter, event = member.next()
    assert (letter, event["value"]) == ("e", {"text": "\u2028 \U0001F600"})
for n in range(100):
    (a if n % 2 else b).client.emit("push", {"path": "signaling/room", "value": {"n": n}, "id": f"{n:015}"})
orders = [[member.next()[1]["id"] for _ in range(100)] for member in (a, b)]
assert orders[0] == orders[1] and sorted(orders[0]) == [f"{n:015}" for n in range(100)]

# Stored: what was pushed, not what was sent; a latecomer hears nothing of it by `on`.
late = Member()
late.ask("on", event="push", path="signaling/room")
found = late.ask("fm", path="signaling/room", query={}, option={})
assert len(found) == 101 and found[0] == {"id": pushed["id"], "type": "call", "from": a.id, "__proto__": 1, "n": 1}
assert [d["n"] for d in late.ask("fm", path="signaling/room", query={}, option={"limit": 2, "skip": 1, "sort": "$natural"})] \
    == [found[1]["n"], found[2]["n"]]
newest = late.ask("fm", path="signaling/room", query={}, option={"limit": 1, "desc": "$natural"})
assert newest == [found[-1]]
assert [d["n"] for d in late.ask("fm", path="signaling/room", query={}, option={"desc": "n", "limit": 3})] == [99, 98, 97]
assert late.ask("fm", path="signaling/room", query={"type": "call"}, option={}) == [found[0]]
assert late.ask("fm", path="elsewhere", query={}, option={}) == []
assert late.events.empty(), late.events.get()

# One datum: set merges, get gives, unset takes away.
assert a.ask("set", path="signaling/room/x", value={"a": 1, "b": 2})["id"] == "x"
assert b.ask("set", path="signaling/room/x", value={"b": 3})["value"] == {"a": 1, "b": 3}
assert late.ask("get", path="signaling/room/x") == {"id": "x", "a": 1, "b": 3}
assert late.ask("get", path="signaling/room/none") is None
assert a.ask("unset", path="signaling/room/x")["err"] is None
assert late.ask("get", path="signaling/room/x") is None
for member in (a, b):
    assert [member.next()[0] for _ in range(3)] == ["c", "c", "d"]

# Off: heard no more. Without a value: refused.
assert b.ask("off", event="push", path="signaling/room")["err"] is None
a.ask("push", path="signaling/room", value={"after": "off"})
assert a.next()[1]["value"] == {"after": "off"}
b.ask("getcurrentuser")
assert b.events.empty(), b.events.get()
assert a.ask("push", path="signaling/room")["err"] == "format"

# Accounts.
account = {"email": "a@example.com", "secret": "s"}
made = a.ask("signup", option={"nick": "é"}, **account)
assert made["err"] is None and made["user"]["option"] == {"nick": "é"}, made
assert a.ask("signup", **account)["err"] == 2
assert a.ask("signup", email="nobody", secret="s")["err"] == 1
owner = Member("login", **account)
assert owner.login["user"]["email"] == "a@example.com" and owner.ask("getcurrentuser")["user"] == made["user"]
assert requests.post(f"{URL}/account-api/login", data={**account, "secret": "x"}, timeout=10).json()["err"] == 2
assert requests.post(f"{URL}/account-api/login", data={}, timeout=10).json()["err"] == 1
assert requests.post(f"{URL}/account-api/logout", timeout=10).json() == {"err": None}
assert requests.get(f"{URL}/account-api/login", timeout=10).status_code == 405
for member in (a, b, late, owner):
    member.client.disconnect()
print("ok")
