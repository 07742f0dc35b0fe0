"""Pins a schema package by exact version and by the hash of its published wheel.

    python3 tools/python/pin.py nmdc-schema 11.25.0

Writes tools/python/requirements/<package>-<version>.txt. The dependencies are pinned once for all versions, in
dependencies.txt, made by:
    uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate
"""

import hashlib
import pathlib
import subprocess
import sys
import tempfile


def main() -> None:
    package, version = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*pip, "--dest", folder, f"{package}=={version}"], check=True)
        digests = [hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in pathlib.Path(folder).iterdir()]
    lines = [f"{package}=={version}", *(f"    --hash=sha256:{digest}" for digest in sorted(digests))]
    target = pathlib.Path(__file__).parent / "requirements" / f"{package}-{version}.txt"
    partial = target.with_suffix(".partial")
    partial.write_text(" \\\n".join(lines) + "\n")
    partial.replace(target)
    print(target)


if __name__ == "__main__":
    main()
