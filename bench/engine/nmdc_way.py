"""NMDC's own way on dumped files: load everything, run the published migrator, validate document by document, write it back.

Their tool does this on a second server in transactions, which the stand-in lacks; on the files it is faster than theirs.
Prints the seconds of each part as JSON.
"""

import gzip
import importlib
import json
import pathlib
import sys
import time

import bson
from nmdc_schema.migrators.adapters.dictionary_adapter import DictionaryAdapter


def main(dump: pathlib.Path, out: pathlib.Path, module: str, validator: str) -> None:
    seconds = {}

    def timed(part, work):
        begun = time.perf_counter()
        done = work()
        seconds[part] = time.perf_counter() - begun
        return done

    database = timed("read", lambda: read(dump))
    timed("migrate", lambda: migrate(database, module))
    timed("validate", lambda: {"cli": validate_as_cli, "notebooks": validate_as_notebooks}[validator](database))
    timed("write", lambda: write(database, dump, out))
    print(json.dumps(seconds))


def read(dump: pathlib.Path) -> dict:
    database = {}
    for path in sorted(dump.glob("*.bson.gz")):
        with gzip.open(path) as file:
            database[path.name.removesuffix(".bson.gz")] = bson.decode_all(file.read())
    return database


def migrate(database: dict, module: str) -> None:
    importlib.import_module(module).Migrator(adapter=DictionaryAdapter(database=database)).upgrade(commit_changes=True)


def write(database: dict, dump: pathlib.Path, out: pathlib.Path) -> None:
    out.mkdir(parents=True)
    for collection, documents in database.items():
        with gzip.open(out / f"{collection}.bson.gz", "wb", compresslevel=6) as file:
            for document in documents:
                file.write(bson.encode(document))
        metadata = dump / f"{collection}.metadata.json.gz"
        (out / metadata.name).write_bytes(metadata.read_bytes())


def validate_as_cli(database: dict) -> None:
    """As their command does: LinkML's validator with the package's own plugin, by the class that `type` names."""
    from linkml.validator import Validator
    from linkml.validator.plugins import JsonschemaValidationPlugin
    from nmdc_schema.nmdc_data import get_nmdc_schema_definition
    from nmdc_schema.nmdc_schema_validation_plugin import NmdcSchemaValidationPlugin

    plugins = [JsonschemaValidationPlugin(closed=True), NmdcSchemaValidationPlugin()]
    validator = Validator(schema=get_nmdc_schema_definition(), validation_plugins=plugins)
    for collection, document in bare(database):
        report = validator.validate(document, target_class=document["type"].removeprefix("nmdc:"))
        if report.results:
            raise TypeError(f"{collection}: {report.results[0].message}")


def validate_as_notebooks(database: dict) -> None:
    """As their notebooks did: the whole schema's validator on a database of one document."""
    from jsonschema import Draft7Validator
    from nmdc_schema.nmdc_data import get_nmdc_jsonschema_dict

    validator = Draft7Validator(get_nmdc_jsonschema_dict())
    for collection, document in bare(database):
        validator.validate({collection: [document]})


def bare(database: dict):
    """Documents without `_id`, each with its collection."""
    for collection, documents in database.items():
        for document in documents:
            yield collection, {key: value for key, value in document.items() if key != "_id"}


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4])
