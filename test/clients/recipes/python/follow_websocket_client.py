"""With websocket-client, over `wss://…/graphql`."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import websocket

from cancellations import FOLLOW, check_close, log, message_in, pause


def follow(url: str, token: Callable[[], str], after: str | None) -> Iterator[dict[str, Any]]:
    """Each message once, for ever. Asks `token` for each connection. Raises Refused if told to stop."""
    while True:
        try:
            # The gateway sends a ping every twelve seconds, so that thirty without one are the end.
            socket = websocket.create_connection(
                url, timeout=30, subprotocols=["graphql-transport-ws"], suppress_origin=True
            )
            with closing(socket):
                authorization = {"authorization": f"Bearer {token()}"}
                socket.send(json.dumps({"type": "connection_init", "payload": authorization}))
                while True:
                    opcode, data = socket.recv_data()
                    if opcode == websocket.ABNF.OPCODE_CLOSE:
                        check_close(int.from_bytes(data[:2], "big"), data[2:].decode())
                        break
                    match json.loads(data):
                        case {"type": "connection_ack"}:
                            payload = {"query": FOLLOW, "variables": {"after": after}}
                            socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
                        case {"type": "ping"}:
                            socket.send('{"type":"pong"}')
                        case {"type": "next", "payload": result}:
                            if message := message_in(result):
                                after = message["cursor"]
                                yield message
                        case {"type": "error", "payload": errors}:
                            message_in({"errors": errors})
                            break
                        case {"type": "complete"}:
                            break
        except (OSError, websocket.WebSocketException) as error:
            log.warning("Coming back after %r", error)
        time.sleep(pause())
