"""Clients of Phoenix that were not written here, as members of one topic.

    phoenix_members.py realtime URL TOPIC     Supabase's own client: says a signal once it has joined, prints what it hears
    phoenix_members.py channels URL TOPIC     phoenix-channels-python-client: prints what it hears

Prints "joined", then one line of JSON for each signal, and ends after the first.
"""
import asyncio
import json
import sys

kind, url, topic = sys.argv[1:]


async def supabase(heard):
    from realtime import AsyncRealtimeClient

    client = AsyncRealtimeClient(url, "KEY")
    await client.connect()
    options = {"config": {"broadcast": {"self": False, "ack": False}, "presence": {"key": "python", "enabled": True}}}
    channel = client.channel(topic, options)
    channel.on_broadcast("signal", lambda message: heard.set_result(message["payload"]))
    joined = asyncio.get_running_loop().create_future()
    await channel.subscribe(lambda state, error: joined.done() or joined.set_result(state))
    await joined
    print("joined", flush=True)
    await channel.send_broadcast("signal", {"type": "call", "from": "python"})
    print(json.dumps(await heard), flush=True)
    await client.close()


async def channels(heard):
    from phoenix_channels_python_client import PHXChannelsClient

    async def take(message):
        if message.event == "signal" and not heard.done():
            heard.set_result(message.payload)

    async with PHXChannelsClient(url, "KEY") as client:
        await client.subscribe_to_topic(topic, take)
        print("joined", flush=True)
        print(json.dumps(await heard), flush=True)


async def main():
    heard = asyncio.get_running_loop().create_future()
    await asyncio.wait_for({"realtime": supabase, "channels": channels}[kind](heard), 20)


asyncio.run(main())
