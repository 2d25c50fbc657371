"""Files of GEO from a server on this machine that breaks off, fails and resumes."""

import gzip
import hashlib
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from immunosep_omics.ingest.geo import download

DATA = gzip.compress(os.urandom(300_000))
SUM = hashlib.sha256(DATA).hexdigest()
PATH = "series/GSE1nnn/GSE1234/matrix/GSE1234_series_matrix.txt.gz"


class Server:
    """Gives `files`; `plan` holds what goes wrong in the next answers, in order."""

    def __init__(self):
        self.files, self.plan, self.asked, self.ranges = {PATH: DATA}, [], [], True
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.headers.get("Range"))
                fault = outer.plan.pop(0) if outer.plan else None
                data = outer.files.get(self.path.lstrip("/"))
                if isinstance(fault, int) or data is None:
                    self.send_error(fault or 404)
                    return
                start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
                start = start if outer.ranges else 0
                if start >= len(data):
                    self.send_error(416)
                    return
                self.send_response(206 if start else 200)
                self.send_header("Content-Length", str(len(data) - start))
                if start:
                    span = f"bytes {start}-{len(data) - 1}/{len(data)}"
                    self.send_header("Content-Range", span)
                self.end_headers()
                self.wfile.write(data[start:][: 100_000 if fault == "short" else None])

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server(monkeypatch, tmp_path):
    made = Server()
    monkeypatch.setenv(download.ADDRESS, made.url)
    monkeypatch.setenv(download.CACHE, str(tmp_path / "cache"))
    monkeypatch.setattr(download, "WAITS", (0.0, 0.0))
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture
def fetch(tmp_path):
    def call(sha256=None):
        target = tmp_path / "out" / "file.gz"
        download.fetch(PATH, sha256, target)
        return target.read_bytes()

    return call


def test_whole_and_from_the_cache(server, fetch):
    assert fetch(SUM) == DATA
    assert fetch() == DATA
    assert server.asked == [None]


def test_truncated_then_resumed(server, fetch):
    server.plan = ["short", "short"]
    assert fetch(SUM) == DATA
    assert server.asked == [None, f"bytes={download.PIECE}-", f"bytes={2 * download.PIECE}-"]


def test_resumed_by_a_server_that_begins_anew(server, fetch):
    server.plan, server.ranges = ["short"], False
    assert fetch() == DATA


def test_a_part_of_an_earlier_run_is_resumed(server, fetch, tmp_path):
    part = tmp_path / "cache" / (PATH + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(DATA[:1000])
    assert fetch() == DATA
    assert server.asked == ["bytes=1000-"]


@pytest.mark.parametrize("rest", [b"", b"junk"])
def test_a_part_that_is_whole_or_too_long(server, fetch, tmp_path, rest):
    part = tmp_path / "cache" / (PATH + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(DATA + rest)
    assert fetch(SUM) == DATA


def test_errors_of_the_server_pass(server, fetch):
    server.plan = [500, 503]
    assert fetch() == DATA


def test_errors_that_stay(server, fetch, refused):
    server.plan = [500] * 3
    refused(fetch, server.url, "error (500)", "by hand", "`file`")


def test_absent(server, fetch, refused):
    server.files = {}
    refused(fetch, f"{server.url}/{PATH}", "no such series matrix", "platform: GPL")
    assert len(server.asked) == 1


def test_absent_platform(server, refused, tmp_path):
    path = "platforms/GPLnnn/GPL570/annot/GPL570.annot.gz"
    refused(lambda: download.fetch(path, None, tmp_path / "x"), "no annotation of this platform")


def test_no_network(server, fetch, refused, monkeypatch):
    monkeypatch.setenv(download.ADDRESS, "http://127.0.0.1:9")
    refused(fetch, f"http://127.0.0.1:9/{PATH}", "cannot be reached", "by hand")


def test_damaged(server, fetch, refused, tmp_path):
    server.files = {PATH: DATA[:-20]}
    refused(fetch, "damaged")
    assert [p.suffix for p in (tmp_path / "cache").rglob("*.*")] == [".lock"]


def test_another_checksum(server, fetch, refused, tmp_path):
    refused(lambda: fetch("0" * 64), "source.sha256", SUM, "declared")
    assert [p.suffix for p in (tmp_path / "cache").rglob("*.*")] == [".lock"]
    fetch()
    refused(lambda: fetch("0" * 64), SUM)


def test_a_cached_file_that_changed_is_fetched_anew(server, fetch, tmp_path):
    fetch()
    (tmp_path / "cache" / PATH).write_bytes(b"changed")
    assert fetch() == DATA


def test_two_at_once(server, fetch):
    threads = [threading.Thread(target=fetch) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.asked == [None]
