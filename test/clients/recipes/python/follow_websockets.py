"""With websockets, over `wss://…/graphql`."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import websockets

from cancellations import FOLLOW, check_close, log, message_in, pause


async def follow(url: str, token: Callable[[], Awaitable[str]], after: str | None) -> AsyncIterator[dict[str, Any]]:
    """Each message once, for ever. Asks `token` for each connection. Raises Refused if told to stop."""
    while True:
        try:
            async with websockets.connect(
                url,
                subprotocols=["graphql-transport-ws"],
                # Two pings without an answer, and the connection is dead, though nobody was told.
                ping_interval=15,
                ping_timeout=15,
                close_timeout=1,
                max_size=None,  # or a message of more than 1 MiB would end each connection
            ) as socket:
                authorization = {"authorization": f"Bearer {await token()}"}
                await socket.send(json.dumps({"type": "connection_init", "payload": authorization}))
                async for text in socket:
                    match json.loads(text):
                        case {"type": "connection_ack"}:
                            payload = {"query": FOLLOW, "variables": {"after": after}}
                            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
                        case {"type": "ping"}:
                            await socket.send('{"type":"pong"}')
                        case {"type": "next", "payload": result}:
                            if message := message_in(result):
                                after = message["cursor"]
                                yield message
                        case {"type": "error", "payload": errors}:
                            message_in({"errors": errors})
                            break
                        case {"type": "complete"}:
                            break
        except (OSError, websockets.WebSocketException) as error:
            if isinstance(error, websockets.ConnectionClosed) and error.rcvd:
                check_close(error.rcvd.code, error.rcvd.reason)
            log.warning("Coming back after %r", error)
        await asyncio.sleep(pause())
