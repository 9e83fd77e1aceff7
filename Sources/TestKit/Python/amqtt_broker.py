"""An amqtt broker on four ports of loopback: TCP, TLS, WebSocket, WebSocket over TLS.

Arguments: certificate, key, and the four ports in that order.
"""

import asyncio
import logging
import signal
import sys

from amqtt.broker import Broker


async def main(certificate, key, tcp, tls, web_socket, secure_web_socket):
    def listener(kind, port, encrypted=False):
        keys = {"ssl": True, "certfile": certificate, "keyfile": key} if encrypted else {}
        return {"type": kind, "bind": f"127.0.0.1:{port}", "max_connections": 0, **keys}

    listeners = {
        "default": listener("tcp", tcp),
        "tls": listener("tcp", tls, True),
        "ws": listener("ws", web_socket),
        "wss": listener("ws", secure_web_socket, True),
    }
    plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    broker = Broker({"listeners": listeners, "plugins": plugins})
    await broker.start()
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    await broker.shutdown()


logging.basicConfig(level=logging.ERROR)
asyncio.run(main(*sys.argv[1:]))
