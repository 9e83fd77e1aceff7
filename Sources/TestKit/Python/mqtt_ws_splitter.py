"""A WebSocket in front of an MQTT broker's TCP port that cuts what the broker says into frames as it likes.

MQTT packets need not be aligned to frames (5.0 [MQTT-6.0.0-2]): here a frame holds one to nine bytes, whatever they belong to.
Prints `ready PORT`. Arguments: port of the broker.
"""

import asyncio
import random
import sys

import websockets
from websockets.asyncio.server import serve


async def bridge(socket):
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    sizes = random.Random(4)

    async def down():
        while data := await reader.read(65536):
            while data:
                size = sizes.randint(1, 9)
                await socket.send(data[:size])
                data = data[size:]
        await socket.close()

    task = asyncio.create_task(down())
    try:
        async for message in socket:
            assert isinstance(message, bytes), message
            writer.write(message)
    finally:
        writer.close()
        try:
            await task
        except websockets.ConnectionClosed:
            pass


async def main():
    async with serve(bridge, "127.0.0.1", 0, subprotocols=["mqtt"], compression=None) as server:
        print(f"ready {server.sockets[0].getsockname()[1]}", flush=True)
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
