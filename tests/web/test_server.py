"""The page's server: who may ask, how much, and what it does with a request that never ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

starlette = pytest.importorskip("starlette.testclient")
pytest.importorskip("httpx")

from workings.web import desk as desks  # noqa: E402
from workings.web.app import application  # noqa: E402
from workings.web.desk import Desk  # noqa: E402

HOST = "127.0.0.1:8000"
NAMES = frozenset((HOST, "localhost:8000"))
GOOD = {"network": "y = relu(x1) - x2"}


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with starlette.TestClient(application(NAMES, Desk(workers=1)), base_url=f"http://{HOST}") as made:
        yield made


def test_the_page_its_files_and_their_headers(client: Any) -> None:
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert page.status_code == 200 and "script-src 'self';" in policy and "default-src 'none'" in policy
    assert "<script>" not in page.text and " onclick" not in page.text and "style=" not in page.text
    for path in ("/assets/page.js", "/assets/page.css", "/blocks.css", "/stix-two-math.woff2", "/api/openapi.json"):
        found = client.get(path)
        assert found.status_code == 200 and found.headers["x-content-type-options"] == "nosniff", path


def test_an_answer(client: Any) -> None:
    found = client.post("/api/look", json=GOOD)
    assert found.status_code == 200 and found.json()["plane"]["cells"] == 2
    refused = client.post("/api/look", json={"network": "y = ("})
    assert refused.status_code == 422 and refused.json()["error"]["source"] == {"path": "", "line": 1, "column": 6}


# method, path, headers, body | status, what it says
REFUSED = [
    ("POST", "/api/look", {"host": "evil.example"}, b"{}", 403, "does not answer as"),
    ("GET", "/", {"host": "evil.example:8000"}, None, 403, "does not answer as"),
    ("POST", "/api/look", {"origin": "http://evil.example"}, b"{}", 403, "another site"),
    ("POST", "/api/look", {"origin": "null"}, b"{}", 403, "another site"),
    ("POST", "/api/look", {"sec-fetch-site": "cross-site"}, b"{}", 403, "another site"),
    ("POST", "/api/look", {"content-type": "text/plain"}, b"{}", 415, "a request is JSON"),
    ("POST", "/api/look", {"content-type": "application/json"}, b"{", 400, "no JSON object"),
    ("POST", "/api/look", {"content-type": "application/json"}, b"[1]", 400, "no JSON object"),
    ("POST", "/api/look", {"content-type": "application/json"}, b"[" * 100_000, 400, "no JSON object"),
    ("POST", "/api/eval", {"content-type": "application/json"}, b"{}", 404, "there is no verb 'eval'"),
    ("GET", "/api/look", {}, None, 405, "no part of the page"),
    ("GET", "/../../etc/passwd", {}, None, 404, "no part of the page"),
    ("GET", "/assets/../serve.py", {}, None, 404, ""),
    ("GET", "/assets/%2e%2e/%2e%2e/serve.py", {}, None, 404, ""),
]


@pytest.mark.parametrize("row", REFUSED, ids=[f"{r[0]} {r[1]} {r[2]} {r[4]}" for r in REFUSED])
def test_refused(client: Any, row: tuple[Any, ...]) -> None:
    method, path, headers, body, status, says = row
    found = client.request(method, path, headers=headers, content=body)
    assert found.status_code == status and says in found.text
    assert "content-security-policy" in found.headers
    assert client.post("/api/look", json=GOOD).status_code == 200


def test_a_large_body_is_refused_whether_it_says_its_length_or_not(client: Any) -> None:
    large = b'{"network": "' + b"x" * 9_000_000 + b'"}'
    said = client.post("/api/look", content=large, headers={"content-type": "application/json"})
    assert said.status_code == 413 and "at most 8,000,000 bytes" in said.text

    def parts() -> Iterator[bytes]:
        for k in range(0, len(large), 65_536):
            yield large[k : k + 65_536]

    unsaid = client.post("/api/look", content=parts(), headers={"content-type": "application/json"})
    assert unsaid.status_code == 413
    assert client.post("/api/look", json=GOOD).status_code == 200


SLOW = "import sys, time\nsys.stdin.readline()\nfor line in sys.stdin:\n    time.sleep(600) if 'hang' in line else print('{\"ok\": true}', flush=True)\n"


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    monkeypatch.setattr(desks, "COMMAND", (sys.executable, str(tmp_path / "slow.py")))


def test_a_computation_without_end_is_ended_and_the_page_goes_on(slow: None) -> None:
    with starlette.TestClient(application(NAMES, Desk(1, seconds=0.5)), base_url=f"http://{HOST}") as client:
        found = client.post("/api/look", json={"network": "hang"})
        assert found.status_code == 504 and "took more than 0.5 seconds" in found.text
        assert client.post("/api/look", json={"network": "y"}).json() == {"ok": True}


def test_more_than_can_be_answered_is_refused_at_once(slow: None) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with starlette.TestClient(application(NAMES, Desk(1, seconds=1.0, waiting=3)), base_url=f"http://{HOST}") as client:
        with ThreadPoolExecutor(12) as pool:
            found = list(pool.map(lambda _: client.post("/api/look", json={"network": "hang"}).status_code, range(12)))
        assert set(found) == {503, 504} and found.count(504) <= 3
        assert client.post("/api/look", json={"network": "y"}).status_code == 200
