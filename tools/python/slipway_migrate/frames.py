"""Frames between the engine and this process: one byte of kind, four bytes of length (little-endian), the payload."""

import json
import struct
from typing import Any, BinaryIO

MESSAGE = b"J"
BLOCK = b"B"
ORIGINALS = b"O"
END = b"E"

_header = struct.Struct("<cI")


class Pipes:
    """The two ends that the engine holds."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    def receive(self) -> tuple[bytes, bytes]:
        """Kind and payload of the next frame. Raises EOFError when the engine is gone."""
        kind, length = _header.unpack(self._exactly(_header.size))
        return kind, self._exactly(length)

    def receive_message(self) -> dict[str, Any]:
        kind, payload = self.receive()
        if kind != MESSAGE:
            raise ValueError(f"a message was due, not a frame of kind {kind!r}")
        message: dict[str, Any] = json.loads(payload)
        return message

    def send(self, kind: bytes, payload: bytes = b"") -> None:
        self._outgoing.write(_header.pack(kind, len(payload)))
        self._outgoing.write(payload)

    def send_message(self, **message: Any) -> None:
        self.send(MESSAGE, json.dumps(message).encode())
        self._outgoing.flush()

    def flush(self) -> None:
        self._outgoing.flush()

    def _exactly(self, length: int) -> bytes:
        data = self._incoming.read(length)
        if len(data) != length:
            raise EOFError("the engine closed the pipe")
        return data
