"""What Python says: the verdict of jsonschema, or of `re.search`, on cases read from standard input as JSON."""

import json
import re
import sys

from jsonschema import Draft201909Validator


def main() -> None:
    request = json.load(sys.stdin)
    if "patterns" in request:
        compiled = [re.compile(pattern) for pattern in request["patterns"]]
        verdicts = [[bool(one.search(text)) for text in request["texts"]] for one in compiled]
    elif "units" in request:
        verdicts = _units(request)
    else:
        with open(request["schema"], encoding="utf8") as file:
            schema = json.load(file)
        validator = Draft201909Validator(schema, format_checker=Draft201909Validator.FORMAT_CHECKER)
        verdicts = [validator.is_valid({case["collection"]: [case["document"]]}) for case in request["cases"]]
    json.dump(verdicts, sys.stdout)


def _units(request: dict) -> list[list[str]]:
    from types import SimpleNamespace

    from linkml_runtime import SchemaView
    from nmdc_schema import NmdcSchemaValidationPlugin

    plugin = NmdcSchemaValidationPlugin()
    context = SimpleNamespace(schema_view=SchemaView(request["units"]), target_class="Any")
    return [[result.message for result in plugin.process(document, context)] for document in request["documents"]]


if __name__ == "__main__":
    main()
