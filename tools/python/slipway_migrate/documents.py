"""One collection's documents: their bytes in a spool file, in order; only one block of them is in memory."""

import os
from array import array
from hashlib import sha256
from typing import Any, Callable, Iterator, Optional

import bson
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.objectid import ObjectId

Document = dict[str, Any]

_window = 1 << 20
_codec: CodecOptions[Document] = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_AUTO)


class BadDocument(Exception):
    """What a migrator made of a document can't stand."""


class Documents:
    """Documents keep their original bytes until a migrator really changes them."""

    def __init__(self, name: str, spool: str, alive: Callable[[], None]) -> None:
        self.name = name
        self._alive = alive
        self._file = os.open(spool, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        os.unlink(spool)
        self._end = 0
        self._flushed = 0
        self._pending: list[bytes] = []
        self._offsets = array("q")
        self._lengths = array("i")
        self._origins = array("q")
        self._input_offsets = array("q")
        self._input_end = 0
        self._windows: dict[bool, tuple[int, bytes]] = {}
        self._index: dict[str, dict[Any, int]] = {}
        self.removed: list[tuple[int, str]] = []
        self.dirty = False

    def __len__(self) -> int:
        return len(self._offsets)

    def load(self, block: bytes) -> None:
        """Takes whole documents as the engine read them."""
        at = 0
        while at < len(block):
            length = int.from_bytes(block[at : at + 4], "little")
            self._offsets.append(self._end + at)
            self._lengths.append(length)
            self._origins.append(len(self._origins))
            at += length
        self._store(block)

    def loaded(self) -> None:
        self._input_offsets = array("q", self._offsets)
        self._input_end = self._end
        self._flush()

    def close(self) -> None:
        os.close(self._file)

    def raw(self, position: int) -> bytes:
        return self._read(self._offsets[position], self._lengths[position])

    def origin(self, position: int) -> int:
        """Position in the collection as it was read, or -1 for a document that a migrator made."""
        return self._origins[position]

    def added(self) -> int:
        """Documents that a migrator made."""
        return sum(1 for origin in self._origins if origin < 0)

    def original(self, origin: int) -> bytes:
        offset = self._input_offsets[origin]
        return self._read(offset, int.from_bytes(self._read(offset, 4), "little"))

    def is_changed(self, position: int) -> bool:
        origin = self._origins[position]
        return origin >= 0 and self._offsets[position] != self._input_offsets[origin]

    def __iter__(self) -> Iterator[tuple[int, Document]]:
        for position in range(len(self)):
            self._alive()
            yield position, bson.decode(self.raw(position), _codec)

    def rewrite(self, function: Callable[[Document], Any]) -> None:
        """Replaces each document by what the function makes of it; what stays equal keeps its bytes."""
        for position in range(len(self)):
            self._alive()
            raw = self.raw(position)
            document = bson.decode(raw, _codec)
            try:
                result = function(document)
                if not isinstance(result, dict):
                    raise BadDocument(f"the migrator returned {type(result).__name__} instead of a document")
                made = bson.encode(result, codec_options=_codec)
            except Exception as error:
                error.add_note(f"in {self.name}, _id {bson.decode(raw, _codec).get('_id')!r}")
                raise
            if made != raw:
                self._replace(position, raw, made, result)

    def append(self, document: Document) -> None:
        """A document without an `_id` gets one that follows from its content, so that two runs make the same."""
        if "_id" not in document:
            digest = sha256(self.name.encode() + b"\0" + bson.encode(document, codec_options=_codec)).digest()
            document = {"_id": ObjectId(digest[:12]), **document}
        made = bson.encode(document, codec_options=_codec)
        self._offsets.append(self._end)
        self._lengths.append(len(made))
        self._origins.append(-1)
        self._store(made)
        self._written()

    def find(self, field: str, values: list[Any]) -> Optional[Document]:
        """The first document, in order, that has one of the values in a top-level field."""
        try:
            index = self._index.get(field) or self._make_index(field)
            found = [index[value] for value in values if value in index]
        except TypeError:
            return next((document for _, document in self if document.get(field) in values), None)
        return bson.decode(self.raw(min(found)), _codec) if found else None

    def remove(self, matches: Callable[[Document], bool], reason: str) -> int:
        kept = []
        for position, document in self:
            if not matches(document):
                kept.append(position)
            elif self._origins[position] >= 0:
                self.removed.append((self._origins[position], reason))
        count = len(self) - len(kept)
        if count:
            self._offsets = array("q", (self._offsets[position] for position in kept))
            self._lengths = array("i", (self._lengths[position] for position in kept))
            self._origins = array("q", (self._origins[position] for position in kept))
            self._written()
        return count

    def _make_index(self, field: str) -> dict[Any, int]:
        index: dict[Any, int] = {}
        for position, document in self:
            index.setdefault(document.get(field), position)
        self._index[field] = index
        return index

    def _replace(self, position: int, raw: bytes, made: bytes, result: Document) -> None:
        before = bson.decode(raw, _codec)
        faithful = bson.encode(before, codec_options=_codec)
        if made == faithful:
            # Only writing it back would change it; it keeps its bytes.
            return
        if "_id" not in result or bson.encode({"": before.get("_id")}) != bson.encode({"": result["_id"]}):
            raise BadDocument(f"in {self.name}, the migrator changed _id {before.get('_id')!r} to {result.get('_id')!r}")
        if faithful != raw:
            raise BadDocument(
                f"in {self.name}, _id {before.get('_id')!r} has values that Python can't write back as they are "
                "(a deprecated BSON type, or one key twice), and the migrator changes the document"
            )
        self._offsets[position] = self._end
        self._lengths[position] = len(made)
        self._store(made)
        self._written()

    def _written(self) -> None:
        self.dirty = True
        self._index.clear()

    def _store(self, data: bytes) -> None:
        self._pending.append(data)
        self._end += len(data)
        if self._end - self._flushed > _window:
            self._flush()

    def _flush(self) -> None:
        data = b"".join(self._pending)
        self._pending.clear()
        while data:
            count = os.pwrite(self._file, data, self._flushed)
            self._flushed += count
            data = data[count:]

    def _read(self, offset: int, length: int) -> bytes:
        """Two windows, over what was read and over what was written, so that changed documents don't thrash one."""
        written = offset >= self._input_end
        start, data = self._windows.get(written, (0, b""))
        at = offset - start
        if at < 0 or at + length > len(data):
            if offset + length > self._flushed:
                self._flush()
            data = os.pread(self._file, max(length, _window), offset)
            self._windows[written] = (offset, data)
            at = 0
        return data[at : at + length]
