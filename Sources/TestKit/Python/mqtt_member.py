"""Eclipse Paho as a member of a room of headless agents, by the documented broadcast layout.

It joins `sig/<room>`, prints `joined`, calls, offers to everyone who responds, and listens until it has heard as many wills
as it was told to wait for, or for as many seconds as it was given. Then it prints one JSON object.

Arguments: URL, protocol version (3 or 5), room, seconds, wills to wait for, file of a recorded call.
"""

import json
import sys
import threading
import time
import urllib.parse

import paho.mqtt.client as mqtt

url, version, room, seconds, wills, recording = sys.argv[1:7]
place = urllib.parse.urlsplit(url)
topic, me = f"sig/{room}", "paho-" + version
with open(recording, encoding="utf-8") as file:
    sdp = next(m["message"]["sdp"] for m in json.load(file)["messages"] if m["message"].get("type") == "offer")

heard = {"call": 0, "response": 0, "offer": 0, "answer": 0, "candidate": 0, "chatter": 0, "bye": 0}
answers, vanished, done = set(), set(), threading.Event()


def say(client, **fields):
    client.publish(topic, json.dumps({"from": me, **fields}), qos=1)


def on_message(client, userdata, message):
    signal = json.loads(message.payload)
    if signal.get("from") == me:
        return
    if signal.get("type") == "bye" and signal.get("will"):
        vanished.add(signal["from"])
        if len(vanished) >= int(wills) > 0:
            done.set()
        return
    if signal.get("sendto") not in (None, "", me):
        return
    heard[signal["type"]] += 1
    if signal["type"] == "response":
        say(client, type="offer", sendto=signal["from"], sdp=sdp)
    if signal["type"] == "answer":
        answers.add(signal["from"])


def on_subscribe(client, userdata, mid, reasons, properties):
    print("joined", flush=True)
    say(client, type="call")


client = mqtt.Client(
    mqtt.CallbackAPIVersion.VERSION2, client_id=me, protocol={"3": mqtt.MQTTv311, "5": mqtt.MQTTv5}[version])
client.on_message, client.on_subscribe = on_message, on_subscribe
client.on_connect = lambda c, u, flags, reason, properties: c.subscribe(topic, qos=1)
client.connect(place.hostname, place.port, keepalive=30)
client.loop_start()
done.wait(float(seconds))
time.sleep(0.2)
client.disconnect()
client.loop_stop()
print(json.dumps({"heard": heard, "answers": len(answers), "wills": len(vanished)}), flush=True)
