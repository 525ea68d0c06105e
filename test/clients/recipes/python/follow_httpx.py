"""With httpx, over `https://…/graphql`, as an event stream."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx

from cancellations import FOLLOW, Lines, log, message_in, pause


async def follow(url: str, token: Callable[[], Awaitable[str]], after: str | None) -> AsyncIterator[dict[str, Any]]:
    """Each message once, for ever. Asks `token` for each connection. Raises Refused if told to stop."""
    # The gateway sends a sign of life every twelve seconds, so that thirty without one are the end.
    async with httpx.AsyncClient(timeout=30) as client:
        while True:
            try:
                headers = {"accept": "text/event-stream", "authorization": f"Bearer {await token()}"}
                body = {"query": FOLLOW, "variables": {"after": after}}
                async with client.stream("POST", url, json=body, headers=headers) as response:
                    if response.status_code != 200:
                        log.warning("The gateway answered with status %d", response.status_code)
                        message_in(json.loads(await response.aread()))
                    lines = Lines()
                    async for piece in response.aiter_bytes():
                        for line in lines.add(piece):
                            if not line.startswith(b"data: {"):
                                continue  # a sign of life, or the end
                            if message := message_in(json.loads(line.removeprefix(b"data: "))):
                                after = message["cursor"]
                                yield message
            except (httpx.HTTPError, ValueError) as error:  # a ValueError is a proxy's own page
                log.warning("Coming back after %r", error)
            await asyncio.sleep(pause())
