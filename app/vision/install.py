"""Putting a pack's files into the models folder: only the right bytes, each whole or not at all.

Files are known by their content: a pack may come under whatever names somebody saved it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from app.errors import ModelMissing, ModelRejected
from app.vision.manifest import AntispoofPack, ModelFile, Pack


def install(pack: Pack | AntispoofPack, source: Path, models: Path) -> tuple[Path, ...]:
    """Copy the pack's files out of the folder `source`, and say where they lie now.

    All are found and verified before the first is written. Raises ModelMissing where one is not
    in the folder or cannot be written, ModelRejected where one has its name and not its content.
    """
    delivered = next((file for file in pack.files if file.distribution), None)
    if delivered is not None:
        raise ModelRejected(
            f"The pack {pack.name} comes with the package {delivered.distribution} and is not "
            "installed from a folder. Run packaging/setup again if it is missing."
        )
    found = [(file, _right_bytes(file, source)) for file in pack.files]
    return tuple(_write(models / file.path, content) for file, content in found)


def _right_bytes(file: ModelFile, source: Path) -> bytes:
    try:
        inside = sorted(each for each in source.iterdir() if each.is_file())
        fitting = [each for each in inside if each.stat().st_size == file.bytes]
        for each in fitting:
            content = each.read_bytes()
            if file.is_right(content):
                return content
    except OSError as fault:
        raise ModelMissing(
            f"The folder {source} cannot be read ({fault.strerror}). Name the folder in which the "
            "files of the pack lie."
        ) from fault
    if any(each.name == file.name for each in inside):
        raise ModelRejected(
            f"{source / file.name} is not the file in the manifest: its size or SHA-256 differs, "
            f"so it is another version, altered or cut short. Fetch it again: {file.upstream}"
        )
    raise ModelMissing(
        f"The folder {source} holds no {file.name} ({file.bytes} bytes, SHA-256 {file.sha256}), "
        f"under this name or another. Put it there; it comes from {file.upstream}"
    )


def _write(path: Path, content: bytes) -> Path:
    """Under another name first, so that a kiosk that starts meanwhile finds all of it or none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=".installing-", dir=path.parent)
        try:
            with os.fdopen(number, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            # A kiosk may run under another account than whoever installs.
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as fault:
        raise ModelMissing(
            f"{path} cannot be written ({fault.strerror}). Give this account the right to write "
            "there and make room, or set models.folder."
        ) from fault
    return path
