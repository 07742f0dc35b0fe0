"""The conversation with the engine: load a migrator, run it, hand back what it made of the collections."""

import importlib
import importlib.util
import inspect
import io
import logging
import os
import resource
import sys
import time
import traceback
import types
from typing import Any, Callable

from .documents import Documents
from .frames import BLOCK, END, ORIGINALS, Pipes

_block_bytes = 1 << 20
_seconds_between_signs = 5.0


def main() -> None:
    pipes = Pipes(os.fdopen(os.dup(0), "rb", buffering=1 << 20), os.fdopen(os.dup(1), "wb", buffering=1 << 20))
    # A migrator that prints must not print into the frames.
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(message)s")
    try:
        request = pipes.receive_message()
        _limit_memory(request["memory"])
        migrator_class = _find_migrator(request)
        pipes.send_message(event="ready", version=_package_version(request["package"]))
        _serve(pipes, migrator_class, request)
    except EOFError:
        sys.exit(3)
    except BaseException as error:
        notes = "".join(f" ({note})" for note in getattr(error, "__notes__", []))
        what = f"{type(error).__name__}: {error}{notes}"
        pipes.send_message(event="failed", message=what, trace=traceback.format_exc(limit=-4))
        sys.exit(1)


def _limit_memory(limit: int) -> None:
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (OSError, ValueError):
        # Not every system can limit a process's address space.
        logging.getLogger("migrator").warning("no limit on memory here")


def _find_migrator(request: dict[str, Any]) -> Any:
    _import_lazily(request["package"].replace("-", "_"))
    migrator_class = importlib.import_module(request["module"]).Migrator
    found = (migrator_class.get_origin_version(), migrator_class.get_destination_version())
    if found != (request["from"], request["to"]):
        raise ValueError(f"{request['module']} leads from {found[0]} to {found[1]}, not from {request['from']} to {request['to']}")
    return migrator_class


def _import_lazily(name: str) -> None:
    """The package's own __init__ imports LinkML, which takes most of a second; it is run only if something asks for it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the package {name} is not installed")
    package = types.ModuleType(name)
    package.__path__ = list(spec.submodule_search_locations)
    package.__spec__ = spec
    package.__file__ = spec.origin
    loader = spec.loader

    def load_attribute(attribute: str) -> Any:
        del package.__dict__["__getattr__"]
        loader.exec_module(package)
        return getattr(package, attribute)

    package.__dict__["__getattr__"] = load_attribute
    sys.modules[name] = package


def _package_version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


def _serve(pipes: Pipes, migrator_class: Any, request: dict[str, Any]) -> None:
    from .adapter import RecordingAdapter

    existing = pipes.receive_message()["collections"]
    opened: list[Documents] = []
    alive = _signs_of_life(pipes)

    def load(collection: str) -> Documents:
        documents = Documents(collection, os.path.join(request["scratch"], f"{len(opened)}.spool"), alive)
        opened.append(documents)
        if collection:
            pipes.send_message(event="need", collection=collection)
            while (frame := pipes.receive())[0] == BLOCK:
                documents.load(frame[1])
        documents.loaded()
        return documents

    adapter = RecordingAdapter(existing, request["mayBeMissing"], load)
    _upgrade(migrator_class(adapter=adapter, logger=logging.getLogger("migrator")))
    pipes.send_message(
        event="done",
        collections={
            name: {"origin": documents.name, "added": documents.added(), "removed": len(documents.removed), "dirty": documents.dirty}
            for name, documents in adapter.collections.items()
            if documents is not None
        },
        touched=sorted(adapter.touched),
        missing=sorted(adapter.missing),
        created=[name for name in adapter.created if name in adapter.collections],
        renamed=adapter.renamed,
        deleted=[origin for _, origin in adapter.deleted if origin],
    )
    while True:
        order = pipes.receive_message()
        if order["do"] == "read":
            documents = adapter.collections[order["collection"]]
            assert documents is not None
            _send_documents(pipes, documents)
        elif order["do"] == "removed":
            for documents in opened:
                _send_removed(pipes, documents)
            pipes.send(END)
        pipes.flush()


def _signs_of_life(pipes: Pipes) -> Callable[[], None]:
    """Tells the engine now and then that documents go by; one that hangs on a document sends nothing."""
    last = time.monotonic()

    def alive() -> None:
        nonlocal last
        now = time.monotonic()
        if now - last > _seconds_between_signs:
            last = now
            pipes.send_message(event="alive")

    return alive


def _upgrade(migrator: Any) -> None:
    # Before 11.1 `upgrade` takes no argument.
    takes_commit = "commit_changes" in inspect.signature(migrator.upgrade).parameters
    migrator.upgrade(commit_changes=True) if takes_commit else migrator.upgrade()


def _send_documents(pipes: Pipes, documents: Documents) -> None:
    start = 0
    while start < len(documents):
        block, originals = io.BytesIO(), io.BytesIO()
        origins, changed = [], []
        position = start
        while position < len(documents) and (position == start or block.tell() < _block_bytes):
            block.write(documents.raw(position))
            origin = documents.origin(position)
            origins.append(origin)
            if documents.is_changed(position):
                changed.append(position - start)
                originals.write(documents.original(origin))
            position += 1
        first = origins[0]
        in_order = first >= 0 and origins == list(range(first, first + len(origins)))
        pipes.send_message(event="block", changed=changed, origins=first if in_order else origins)
        pipes.send(BLOCK, block.getbuffer())
        pipes.send(ORIGINALS, originals.getbuffer())
        start = position
    pipes.send_message(event="end")


def _send_removed(pipes: Pipes, documents: Documents) -> None:
    for origin, reason in documents.removed:
        pipes.send_message(event="removed", collection=documents.name, origin=origin, reason=reason)
        pipes.send(ORIGINALS, documents.original(origin))


if __name__ == "__main__":
    main()
