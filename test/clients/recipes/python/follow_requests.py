"""With requests, over `https://…/graphql`, as an event stream."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import requests

from cancellations import FOLLOW, Lines, log, message_in, pause


def follow(url: str, token: Callable[[], str], after: str | None) -> Iterator[dict[str, Any]]:
    """Each message once, for ever. Asks `token` for each connection. Raises Refused if told to stop."""
    while True:
        try:
            headers = {"accept": "text/event-stream", "authorization": f"Bearer {token()}"}
            body = {"query": FOLLOW, "variables": {"after": after}}
            # The gateway sends a sign of life every twelve seconds, so that thirty without one are the end.
            with requests.post(url, json=body, headers=headers, stream=True, timeout=30) as response:
                if response.status_code != 200:
                    log.warning("The gateway answered with status %d", response.status_code)
                    message_in(response.json())
                lines = Lines()
                for piece in response.iter_content(chunk_size=None):  # as it comes
                    for line in lines.add(piece):
                        if not line.startswith(b"data: {"):
                            continue  # a sign of life, or the end
                        if message := message_in(json.loads(line.removeprefix(b"data: "))):
                            after = message["cursor"]
                            yield message
        except (OSError, ValueError) as error:  # a ValueError is a proxy's own page
            log.warning("Coming back after %r", error)
        time.sleep(pause())
