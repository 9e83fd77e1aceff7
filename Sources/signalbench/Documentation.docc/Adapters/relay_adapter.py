"""An adapter for servers of the relay protocol, over the PyPI package `websockets`.

    signalbench run --backend 'exec:python3 relay_adapter.py ws://127.0.0.1:8080/'
"""
import asyncio
import json
import sys

import websockets


def say(**line):
    print(json.dumps(line), flush=True)


async def serve(agent, commands, url):
    """One agent: its connection to the server, and what the driver asks of it."""
    try:
        async with websockets.connect(url, max_size=None, compression=None) as server:
            listener = asyncio.create_task(listen(agent, server))
            room = None
            while (command := await commands.get())["op"] != "close":
                if command["op"] == "send":
                    await server.send(json.dumps({"op": "message", "room": room, "data": command["signal"]}))
                else:  # join, leave
                    room = command.get("room", room)
                    await server.send(json.dumps({"op": command["op"], "room": room}))
            listener.cancel()
        say(agent=agent, op="closed")
    except (OSError, websockets.WebSocketException) as error:
        say(agent=agent, op="closed", reason=str(error))


async def listen(agent, server):
    async for text in server:
        message = json.loads(text)
        if message["op"] == "message":
            say(agent=agent, op="signal", signal=message["data"])
        elif message["op"] == "welcome":
            say(agent=agent, op="welcomed", id=message["id"])
        elif message["op"] == "joined":
            say(agent=agent, op="joined")
        elif message["op"] == "error":
            say(agent=agent, op="error", code=message["code"], message=message["message"])
    say(agent=agent, op="closed", reason="the server closed the connection")


async def main(url):
    lines = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    agents, tasks = {}, set()
    while line := await lines.readline():
        command = json.loads(line)
        if command["op"] == "hello":
            say(op="hello", version=1, capabilities={"order": "total", "room.multi": True})
        elif command["op"] == "ping":
            say(op="pong", n=command["n"])
        elif command["op"] == "open":
            agents[command["agent"]] = commands = asyncio.Queue()
            tasks.add(task := asyncio.create_task(serve(command["agent"], commands, url)))
            task.add_done_callback(tasks.discard)
        else:
            agents[command["agent"]].put_nowait(command)


asyncio.run(main(sys.argv[1]))
