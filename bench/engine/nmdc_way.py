"""NMDC's own way on dumped files: load everything, run the published migrator, validate document by document, write it back.

Their tool does this on a second server in transactions, which the stand-in lacks; on the files it is faster than theirs.
"""

import gzip
import importlib
import json
import pathlib
import sys

import bson
import jsonschema
from nmdc_schema.migrators.adapters.dictionary_adapter import DictionaryAdapter


def main(dump: pathlib.Path, out: pathlib.Path, package: pathlib.Path, module: str) -> None:
    database = {}
    for path in sorted(dump.glob("*.bson.gz")):
        with gzip.open(path) as file:
            database[path.name.removesuffix(".bson.gz")] = bson.decode_all(file.read())
    migrator = importlib.import_module(module).Migrator(adapter=DictionaryAdapter(database=database))
    migrator.upgrade(commit_changes=True)
    validate(database, package)
    out.mkdir(parents=True)
    for collection, documents in database.items():
        with gzip.open(out / f"{collection}.bson.gz", "wb", compresslevel=6) as file:
            for document in documents:
                file.write(bson.encode(document))
        metadata = dump / f"{collection}.metadata.json.gz"
        (out / metadata.name).write_bytes(metadata.read_bytes())


def validate(database: dict, package: pathlib.Path) -> None:
    schema = json.loads((package / "nmdc_schema" / "nmdc.schema.json").read_text())
    validators = {}
    for collection, documents in database.items():
        for document in documents:
            name = document["type"].removeprefix("nmdc:")
            if name not in validators:
                own = {"$schema": schema["$schema"], "$defs": schema["$defs"], **schema["$defs"][name]}
                validators[name] = jsonschema.Draft201909Validator(own)
            bare = {key: value for key, value in document.items() if key != "_id"}
            error = next(validators[name].iter_errors(bare), None)
            if error is not None:
                raise TypeError(f"{collection} {document.get('id')}: {error.message}")


if __name__ == "__main__":
    main(*(pathlib.Path(argument) for argument in sys.argv[1:4]), sys.argv[4])
