"""Fetching a model file: whatever a network and a server can do, only the right bytes arrive."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.errors import ModelMissing, ModelRejected
from app.vision.download import Limits, fetch, member_of
from app.vision.install import install, put, remove
from app.vision.manifest import Commercial, Download, Licence, ModelFile, Task
from tests.fakes.vision import embedded_pack

CONTENT = bytes(range(256)) * 1024
QUICK = Limits(connect_s=2.0, silence_s=0.4, longest_s=20.0)


@dataclass
class Behaviour:
    """What the server does; `asked` are the ranges it was asked for."""

    content: bytes = CONTENT
    cut_at: int | None = None
    silent_at: int | None = None
    ranges: bool = True
    status: int = 200
    location: str = ""
    asked: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, behaviour)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        behaviour.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(handler: BaseHTTPRequestHandler, behaviour: Behaviour) -> None:
    wanted = handler.headers.get("Range", "")
    behaviour.asked.append(wanted)
    begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
    goes_on = behaviour.ranges and begin > 0
    if goes_on and begin >= len(behaviour.content):
        handler.send_response(416)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return
    body = behaviour.content[begin:] if goes_on else behaviour.content
    handler.send_response(206 if goes_on else behaviour.status)
    if behaviour.location and handler.path != "/there":
        handler.send_header("Location", behaviour.location)
    if goes_on:
        last = len(behaviour.content) - 1
        handler.send_header("Content-Range", f"bytes {begin}-{last}/{len(behaviour.content)}")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    try:
        if behaviour.silent_at is not None:
            handler.wfile.write(body[: behaviour.silent_at])
            handler.wfile.flush()
            behaviour.released.wait(10)
            return
        handler.wfile.write(body[: behaviour.cut_at])
    except OSError:
        pass  # whoever asked has gone


def file_at(url: str, content: bytes = CONTENT, **more: object) -> ModelFile:
    made = ModelFile(
        name="net.onnx",
        task=Task.RECOGNISER,
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        distribution="",
        path="tiny/net.onnx",
        upstream="somewhere",
        licence=Licence("free", "Do as you like.", Commercial.YES),
        download=Download(f"{url}/net.onnx"),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def silent(have: int, total: int) -> None:
    assert have <= total or not total


def test_what_is_published_arrives_whole(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with serving(Behaviour()) as url:
        got = fetch(file_at(url), tmp_path, lambda have, total: told.append((have, total)), QUICK)
    assert got == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert list(tmp_path.iterdir()) == []


def test_a_cut_off_download_goes_on_where_it_was(tmp_path: Path) -> None:
    behaviour = Behaviour(cut_at=100_000)
    with serving(behaviour) as url:
        with pytest.raises(ModelMissing, match="run the same line again"):
            fetch(file_at(url), tmp_path, silent, QUICK)
        behaviour.cut_at = None
        assert fetch(file_at(url), tmp_path, silent, QUICK) == CONTENT
    assert behaviour.asked[0] == ""
    assert behaviour.asked[1].startswith("bytes=")
    assert behaviour.asked[1] != "bytes=0-"


def test_a_server_that_knows_no_ranges_sends_it_all_again(tmp_path: Path) -> None:
    behaviour = Behaviour(cut_at=100_000, ranges=False)
    with serving(behaviour) as url:
        with pytest.raises(ModelMissing):
            fetch(file_at(url), tmp_path, silent, QUICK)
        behaviour.cut_at = None
        assert fetch(file_at(url), tmp_path, silent, QUICK) == CONTENT


def test_a_server_that_falls_silent_is_not_waited_for(tmp_path: Path) -> None:
    behaviour = Behaviour(silent_at=50_000)
    with serving(behaviour) as url:
        with pytest.raises(ModelMissing, match=r"(in time|cannot be reached)"):
            fetch(file_at(url), tmp_path, silent, QUICK)
        behaviour.silent_at = None
        behaviour.released.set()
        assert fetch(file_at(url), tmp_path, silent, QUICK) == CONTENT


def test_a_download_that_takes_for_ever_is_ended(tmp_path: Path) -> None:
    with serving(Behaviour()) as url, pytest.raises(ModelMissing, match="in time"):
        fetch(file_at(url), tmp_path, silent, replace(QUICK, longest_s=0.0))


def test_other_bytes_are_refused_and_not_kept(tmp_path: Path) -> None:
    altered = CONTENT[:-1] + b"!"
    with serving(Behaviour(altered)) as url, pytest.raises(ModelRejected, match="SHA-256 differs"):
        fetch(file_at(url), tmp_path, silent, QUICK)
    assert list(tmp_path.iterdir()) == []


def test_more_bytes_than_the_file_has_are_not_taken(tmp_path: Path) -> None:
    longer = CONTENT + b"x" * 100_000
    with serving(Behaviour(longer)) as url, pytest.raises(ModelRejected, match="more than"):
        fetch(file_at(url), tmp_path, silent, QUICK)
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) <= len(CONTENT)


def test_a_redirect_is_followed(tmp_path: Path) -> None:
    behaviour = Behaviour(status=302)
    with serving(behaviour) as elsewhere, serving(Behaviour(status=302)) as url:
        behaviour.status = 200
        there = Behaviour(status=302, location=f"{elsewhere}/there")
        with serving(there) as first:
            assert fetch(file_at(first), tmp_path, silent, QUICK) == CONTENT
        assert url


def test_redirects_in_a_circle_end(tmp_path: Path) -> None:
    behaviour = Behaviour(status=302)
    with serving(behaviour) as url:
        behaviour.location = f"{url}/again"
        with pytest.raises(ModelMissing, match="from one address to the next"):
            fetch(file_at(url), tmp_path, silent, QUICK)


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_an_error_of_the_servers_is_told(status: int, tmp_path: Path) -> None:
    with serving(Behaviour(status=status)) as url, pytest.raises(ModelMissing, match=str(status)):
        fetch(file_at(url), tmp_path, silent, QUICK)


def test_without_a_network_the_other_way_is_named(tmp_path: Path) -> None:
    with serving(Behaviour()) as url:
        gone = file_at(url)
    with pytest.raises(ModelMissing, match="--from FOLDER"):
        fetch(gone, tmp_path, silent, QUICK)


def test_a_file_that_is_published_nowhere_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="published nowhere"):
        fetch(replace(file_at(""), download=None), tmp_path, silent, QUICK)


def test_a_file_known_by_a_longer_digest_is_verified_by_it(tmp_path: Path) -> None:
    longer = hashlib.sha384(CONTENT).hexdigest()
    with serving(Behaviour()) as url:
        known = file_at(url, sha256="", sha384=longer)
        assert fetch(known, tmp_path, silent, QUICK) == CONTENT
        other = replace(known, sha384="0" * 96)
        with pytest.raises(ModelRejected, match="SHA-384 differs"):
            fetch(other, tmp_path, silent, QUICK)


def archive_of(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def test_a_member_of_an_archive_is_fetched_once_for_all_its_files(tmp_path: Path) -> None:
    second = b"another network" * 999
    packed = archive_of(**{"pack/net.onnx": CONTENT, "pack/other.onnx": second})
    digest = hashlib.sha256(packed).hexdigest()
    behaviour = Behaviour(packed)
    with serving(behaviour) as url:
        source = Download(f"{url}/pack.zip", "net.onnx", digest, len(packed))
        one = file_at(url, download=source)
        other = file_at(url, second, download=replace(source, member="other.onnx"))
        assert fetch(one, tmp_path, silent, QUICK) == CONTENT
        assert fetch(other, tmp_path, silent, QUICK) == second
    assert behaviour.asked == ["", f"bytes={len(packed)}-"]


def test_another_archive_is_refused(tmp_path: Path) -> None:
    packed = archive_of(**{"net.onnx": CONTENT})
    with serving(Behaviour(packed)) as url:
        source = Download(f"{url}/pack.zip", "net.onnx", "0" * 64, len(packed))
        with pytest.raises(ModelRejected, match="not the one in the manifest"):
            fetch(file_at(url, download=source), tmp_path, silent, QUICK)


def test_a_member_that_grows_is_read_no_further_than_the_file(tmp_path: Path) -> None:
    (tmp_path / "bomb.zip").write_bytes(archive_of(**{"net.onnx": b"\0" * 50_000_000}))
    got = member_of(tmp_path / "bomb.zip", file_at("http://x"), "net.onnx")
    assert len(got) == len(CONTENT) + 1


@pytest.mark.parametrize("content", [b"", b"PK\3\4 and no more", b"text"])
def test_what_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "pack.zip").write_bytes(content)
    pack = replace(embedded_pack(), files=(file_at("http://x"),))
    with pytest.raises(ModelRejected, match="cannot be unpacked"):
        install(pack, tmp_path / "pack.zip", tmp_path / "models")


# ---- and put where the kiosk looks ----


def test_a_pack_is_found_in_nested_folders_and_in_archives_by_its_content(tmp_path: Path) -> None:
    pack = replace(embedded_pack(), files=(file_at("http://x"),))
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "renamed.bin").write_bytes(CONTENT)
    (tmp_path / "pack.zip").write_bytes(archive_of(**{"../../x/renamed": CONTENT}))
    for place, source in enumerate(("a", "pack.zip")):
        models = tmp_path / f"models{place}"
        (path,) = install(pack, tmp_path / source, models)
        assert path == models / "tiny/net.onnx"
        assert path.read_bytes() == CONTENT
    assert not (tmp_path / "x").exists()


def test_files_that_are_there_are_not_fetched_again(tmp_path: Path) -> None:
    pack = replace(embedded_pack(), files=(file_at("http://x"),))
    asked: list[ModelFile] = []

    def bytes_of(file: ModelFile) -> bytes:
        asked.append(file)
        return CONTENT

    put(pack, tmp_path, bytes_of)
    put(pack, tmp_path, bytes_of)
    assert len(asked) == 1


def test_a_file_that_another_pack_needs_stays(tmp_path: Path) -> None:
    shared = file_at("http://x")
    own = file_at("http://x", path="tiny/own.onnx")
    one = replace(embedded_pack(), name="one", files=(shared, own))
    other = replace(embedded_pack(), name="other", files=(shared,))
    put(one, tmp_path, lambda _: CONTENT)
    assert remove(one, [other], tmp_path) == (tmp_path / "tiny/own.onnx",)
    assert (tmp_path / shared.path).exists()
