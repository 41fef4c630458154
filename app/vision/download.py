"""A model file fetched from where its publisher has it: resumed, bounded, and verified at the end.

Only ever called by `foyer models install`. What arrives is worth nothing until its digest is the
manifest's, so that neither the network nor the server has to be trusted.
"""

from __future__ import annotations

import hashlib
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import requests

from app.errors import ModelMissing, ModelRejected
from app.vision.archives import UNREADABLE
from app.vision.manifest import Download, ModelFile

#: Seconds until a server has to answer, and between two pieces of what it sends.
CONNECT_S, SILENCE_S = 15.0, 30.0
#: A download that takes longer is ended; what came stays and is gone on with the next time.
LONGEST_S = 3600.0
MOST_REDIRECTS = 5
PIECE = 1 << 16
#: Hosts that may be asked without TLS: this machine, as by a test or a company's own mirror tunnel.
OWN_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
PARTIAL_CONTENT, TOO_FAR = 206, 416

#: How many bytes there are of how many, 0 where nobody says.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds."""

    connect_s: float = CONNECT_S
    silence_s: float = SILENCE_S
    longest_s: float = LONGEST_S


def fetch(file: ModelFile, folder: Path, progress: Progress, limits: Limits = Limits()) -> bytes:
    """The right bytes of `file`. What was fetched before and is kept in `folder` is gone on with;
    an archive stays there for the next file in it. Raises ModelMissing where it cannot be had, and
    ModelRejected where what came is not it."""
    source = file.download
    if source is None:
        raise ModelMissing(
            f"{file.name} is published nowhere in this form. Get it from whoever has it, and run: "
            f"foyer models install PACK --from FOLDER ({file.upstream})"
        )
    part = folder / f"{_name_of(source, file)}.part"
    most = source.bytes or file.bytes
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _answered(source.url, file):
            _complete(source.url, part, most, progress, limits)
    except OSError as fault:
        raise ModelMissing(
            f"{part} cannot be written ({fault.strerror}). Make room, or set models.folder."
        ) from fault
    content = _member(source, file, part) if source.member else part.read_bytes()
    if not file.is_right(content):
        part.unlink(missing_ok=True)
        raise ModelRejected(
            f"What {_host(source.url)} sent as {file.name} is not the file in the manifest: its "
            f"{file.digest} differs. Nothing was installed. Try another network, or get the file "
            "from somebody who has it: foyer models install PACK --from FOLDER"
        )
    if not source.member:
        part.unlink(missing_ok=True)
    return content


def _name_of(source: Download, file: ModelFile) -> str:
    return source.sha256 or file.sha256 or file.sha384[:64]


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


@contextmanager
def _answered(url: str, file: ModelFile) -> Iterator[None]:
    """Every fault of the network as one sentence; what came so far is kept."""
    cure = (
        "What came is kept: run the same line again to go on. On a machine without a network: "
        "foyer models install PACK --from FOLDER"
    )
    try:
        yield
    except requests.TooManyRedirects as fault:
        raise ModelMissing(f"{_host(url)} sends from one address to the next. {cure}") from fault
    except requests.HTTPError as fault:
        status = fault.response.status_code if fault.response is not None else "?"
        raise ModelMissing(f"{_host(url)} answers {status} for {file.name}. {cure}") from fault
    except (requests.Timeout, TimeoutError) as fault:
        raise ModelMissing(f"{_host(url)} does not answer in time. {cure}") from fault
    except requests.RequestException as fault:
        what = type(fault).__name__
        raise ModelMissing(f"{_host(url)} cannot be reached ({what}). {cure}") from fault


def _complete(url: str, part: Path, most: int, progress: Progress, limits: Limits) -> None:
    """Fetch what `part` lacks. Raises ModelRejected for more than `most` bytes."""
    began_s = time.monotonic()
    have = part.stat().st_size if part.exists() else 0
    if have > most:
        part.unlink()
        have = 0
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    with _session() as session, _get(session, url, headers, limits) as answer:
        if answer.status_code == TOO_FAR:
            return  # all of it is there
        answer.raise_for_status()
        goes_on = have > 0 and _goes_on(answer, have)
        have = have if goes_on else 0
        with part.open("ab" if goes_on else "wb") as stream:
            _pour(answer, stream, have, most, progress, began_s + limits.longest_s)


def _session() -> requests.Session:
    session = requests.Session()
    session.max_redirects = MOST_REDIRECTS
    return session


@contextmanager
def _get(
    session: requests.Session, url: str, headers: dict[str, str], limits: Limits
) -> Iterator[requests.Response]:
    answer = session.get(
        url, headers=headers, stream=True, timeout=(limits.connect_s, limits.silence_s)
    )
    with answer:
        where = urlsplit(answer.url)
        if where.scheme != "https" and where.hostname not in OWN_HOSTS:
            raise requests.exceptions.InvalidURL(f"{where.hostname} answers without encryption")
        yield answer


def _goes_on(answer: requests.Response, have: int) -> bool:
    """Whether the server sends the rest and not all of it once more."""
    begins = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return answer.status_code == PARTIAL_CONTENT and begins == str(have)


def _pour(
    answer: requests.Response,
    stream: IO[bytes],
    have: int,
    most: int,
    progress: Progress,
    until_s: float,
) -> None:
    length = answer.headers.get("Content-Length", "")
    total = have + int(length) if length.isascii() and length.isdigit() else 0
    for piece in answer.iter_content(PIECE):
        have += len(piece)
        if have > most:
            stream.truncate(0)
            raise ModelRejected(
                f"{_host(answer.url)} sends more than the {most} bytes of the file in the "
                "manifest. Nothing was installed."
            )
        stream.write(piece)
        progress(have, total)
        if time.monotonic() > until_s:
            raise TimeoutError
    if total and have < total:
        raise requests.ConnectionError("cut off")


def _member(source: Download, file: ModelFile, part: Path) -> bytes:
    """The file out of the archive; raises ModelRejected for an archive that is another."""
    with part.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != source.sha256:
        part.unlink()
        raise ModelRejected(
            f"The archive that {_host(source.url)} sent is not the one in the manifest: its "
            "SHA-256 differs. Nothing was installed."
        )
    return member_of(part, file, source.member)


def member_of(archive: Path, file: ModelFile, name: str) -> bytes:
    """One member of a zip archive, never more than the file's own bytes are unpacked. Raises
    ModelRejected for an archive that cannot be read or does not hold it."""
    try:
        with zipfile.ZipFile(archive) as opened:
            inside = next(
                (each for each in opened.infolist() if _is_called(each.filename, name)), None
            )
            if inside is not None:
                with opened.open(inside) as stream:
                    return stream.read(file.bytes + 1)
    except UNREADABLE as fault:
        raise ModelRejected(
            f"The archive {archive.name} cannot be unpacked ({type(fault).__name__}). "
            "Fetch it again."
        ) from fault
    raise ModelRejected(f"The archive {archive.name} holds no {name}.")


def _is_called(path: str, name: str) -> bool:
    return path.replace("\\", "/").rpartition("/")[2] == name
