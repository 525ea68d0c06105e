"""What is followed, and what the gateway's answers mean. All of the clients need it."""

import logging
import random
from typing import Any

log = logging.getLogger(__name__)

FOLLOW = """
subscription Follow($after: String) {
  cancellations(after: $after) {
    __typename
    cursor
    ... on CancellationEdge { node { ...Kept } }
    ... on Revision { matches node { ...Kept } }
    ... on Erasure { source eventIds }
    ... on Gap { reason }
  }
}

fragment Kept on Event {
  id
  source
  eventId
  occurredAt
  personalData
  ... on Cancellation { title customer { name } }
}
"""

# Codes of errors that another try may not meet.
PASSING = {"TOKEN_EXPIRED", "TOKEN_NOT_YET_VALID", "KEYS_UNAVAILABLE", "LOG_UNAVAILABLE"}
PASSING |= {"OVERLOADED", "TOO_MANY_REQUESTS", "TIMED_OUT", "INTERNAL"}
# Close codes that every further try would meet.
FINAL_CLOSES = {4400, 4401, 4406, 4409, 4429}


class Refused(Exception):
    """Every further try would be refused as well. The text says why."""


def message_in(result: dict[str, Any]) -> dict[str, Any] | None:
    """The message of a result. None if the client shall come back for it. Raises Refused if it need not."""
    if result.get("data"):
        return result["data"]["cancellations"]
    errors = result.get("errors") or []
    codes = {error.get("extensions", {}).get("code") for error in errors}
    if errors and not codes & PASSING:
        raise Refused("; ".join(error["message"] for error in errors))
    return None


def check_close(code: int, reason: str) -> None:
    """Raises Refused if the gateway closed a WebSocket for good."""
    if code in FINAL_CLOSES:
        raise Refused(f"{code} {reason}")


def pause() -> float:
    """Seconds until the next try. They differ, so that not all clients come back at once after a restart."""
    return 1 + 2 * random.random()


class Lines:
    """Lines of an event stream, which comes in pieces. A text in JSON may hold a line separator (U+2028)."""

    def __init__(self) -> None:
        self.rest = b""

    def add(self, piece: bytes) -> list[bytes]:
        *lines, self.rest = (self.rest + piece).split(b"\n")
        return lines
