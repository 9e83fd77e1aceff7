"""python-socketio (5 speaks Engine.IO 4, 4 speaks Engine.IO 3) against the room relay: rooms, targets, stamps, departures.

Prints `ok`. Arguments: URL, transports (`websocket`, `polling`, or `polling,websocket` for an upgrade).
"""

import queue
import sys
import threading
import time

import socketio

URL, TRANSPORTS = sys.argv[1], sys.argv[2].split(",")


class Member:
    def __init__(self):
        self.client = socketio.Client(reconnection=False)
        self.heard, self.gone = queue.Queue(), queue.Queue()
        self.client.on("message", self.heard.put)
        self.client.on("user disconnected", self.gone.put)
        connected = threading.Event()
        self.client.on("connect", connected.set)
        self.client.connect(URL, transports=TRANSPORTS)
        assert connected.wait(10), "no connect"

    def call(self, event, *data):
        return self.client.call(event, *data, timeout=10)

    def say(self, **signal):
        self.client.emit("message", signal)

    def leave(self):
        """Disconnects, as soon as the client's writer waits for work: a writer that comes back from a POST and finds its
        client disconnecting ends without sending the goodbye, and the server would learn of it by the ping timeout only.
        """
        deadline = time.monotonic() + 10
        while not self.client.eio.queue.not_empty._waiters:
            assert time.monotonic() < deadline, "the writer never rests"
            time.sleep(0.005)
        self.client.disconnect()

    def next(self):
        return self.heard.get(timeout=10)

    def silent(self, *others):
        """Nothing is on its way: a later message of every other one is the first to come."""
        assert self.heard.empty(), self.heard.get()


a, b, c, d = (Member() for _ in range(4))
assert a.client.transport() == TRANSPORTS[-1], a.client.transport()
for member, room in ((a, "room é"), (b, "room é"), (c, "room é"), (d, "other")):
    assert member.call("enter", room) is True

# A broadcast: to the others of the room, stamped whatever the client wrote.
a.say(type="call", **{"from": "somebody else", "text": "\u2028 \U0001F600 \r\n"})
at_b, at_c = b.next(), c.next()
assert at_b == at_c and at_b["type"] == "call" and at_b["text"] == "\u2028 \U0001F600 \r\n", at_b
a_id = at_b["from"]
assert a_id != "somebody else"
b.say(type="response", sendto=a_id)
response = a.next()
b_id = response["from"]
assert response == {"type": "response", "sendto": a_id, "from": b_id}

# One target, and nobody else.
a.say(type="offer", sendto=b_id, sdp="v=0\r\n" * 4000)
assert b.next()["sdp"] == "v=0\r\n" * 4000

# A target in another room, a room's name, nobody's id, oneself, something that is no object: nobody hears it.
d.say(type="call")
assert a.call("message", {"type": "x", "sendto": "other"}) == {"error": "unknownTarget"}
assert a.call("message", {"type": "x", "sendto": "0123456789abcdef"}) == {"error": "unknownTarget"}
assert a.call("message", {"type": "x", "sendto": a_id}) == {"error": "unknownTarget"}
assert a.call("message", "a string") == {"error": "badMessage"}
assert a.call("message", {"__proto__": {"x": 1}, "constructor": None, "type": "y"}) is True
assert b.next()["__proto__"] == {"x": 1} and c.next()["constructor"] is None
assert a.call("enter", 7) == {"error": "badRoom"}
assert a.call("nonsense") == {"error": "unknownEvent"}

# In no room: nobody hears it.
e = Member()
assert e.call("message", {"type": "x"}) == {"error": "notJoined"}
e.leave()

# Moving to another room: the old one is told, and hears no more.
assert c.call("enter", "other") is True
c_id = a.gone.get(timeout=10)["id"]
assert b.gone.get(timeout=10) == {"id": c_id}
c.say(type="call")
assert d.next()["from"] == c_id
for n in range(200):
    a.say(type="n", n=n)
assert [b.next()["n"] for _ in range(200)] == list(range(200))

# Leaving: with a goodbye, and without one.
b.leave()
assert a.gone.get(timeout=10) == {"id": b_id}
for member in (a, b, c, d):
    member.silent()
c.leave()
assert d.gone.get(timeout=10) == {"id": c_id}
for member in (a, d):
    member.leave()
print("ok")
