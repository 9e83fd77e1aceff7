"""Eclipse Paho against a broker: what a publisher says at each quality of service is heard once and in order, and the
will of a client that vanishes is heard too. Prints `ok`.

Arguments: URL, protocol version (3 or 5), the certificate authority.
"""

import queue
import sys
import time
import urllib.parse

import paho.mqtt.client as mqtt

MESSAGES = 50


def client(url, version, authority, name, will=None):
    place = urllib.parse.urlsplit(url)
    secure, web = place.scheme in ("mqtts", "wss"), place.scheme in ("ws", "wss")
    protocol = {3: mqtt.MQTTv311, 5: mqtt.MQTTv5}[version]
    made = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2, client_id=name, protocol=protocol,
        transport="websockets" if web else "tcp", **({} if version == 5 else {"clean_session": True}))
    if web:
        made.ws_set_options(path=place.path)
    if secure:
        made.tls_set(ca_certs=authority)
    if will:
        made.will_set(*will, qos=1)
    made.heard, made.granted, made.up = queue.Queue(), queue.Queue(), queue.Queue()
    made.on_connect = lambda c, u, flags, reason, properties: made.up.put(reason)
    made.on_message = lambda c, u, message: made.heard.put((message.topic, message.payload, message.qos))
    made.on_subscribe = lambda c, u, mid, reasons, properties: made.granted.put(reasons)
    made.connect(place.hostname, place.port, keepalive=30)
    made.loop_start()
    reason = made.up.get(timeout=10)
    assert not reason.is_failure, reason
    return made


def main(url, version, authority):
    parties = [client(url, version, authority, f"{name}-{version}") for name in ("hears", "speaks")]
    hears, speaks = parties
    for qos in (0, 1, 2):
        topic = f"sig/smoke%20{version}/{qos}"
        hears.subscribe(topic, qos=qos)
        granted = hears.granted.get(timeout=10)
        assert [code.value for code in granted] == [qos], (qos, granted)
        for n in range(MESSAGES):
            speaks.publish(topic, f"é{n}".encode(), qos=qos)
        heard = [hears.heard.get(timeout=10) for _ in range(MESSAGES)]
        assert heard == [(topic, f"é{n}".encode(), qos) for n in range(MESSAGES)], heard
    topic = f"sig/wills{version}"
    hears.subscribe(topic, qos=1)
    hears.granted.get(timeout=10)
    mortal = client(url, version, authority, f"mortal-{version}", will=(topic, b"bye"))
    mortal.socket().close() if not hasattr(mortal.socket(), "_socket") else mortal.socket()._socket.close()
    assert hears.heard.get(timeout=20) == (topic, b"bye", 1)
    time.sleep(0.2)
    assert hears.heard.empty(), hears.heard.get()
    mortal.loop_stop()
    for party in parties:
        party.disconnect()
        party.loop_stop()
    print("ok")


main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
