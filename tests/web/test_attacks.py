"""Attacks on the running server, on loopback: it stays up and says what happened."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.slow
GOOD = {"network": "y = relu(x1) - x2"}
# a network whose cells nobody can list in ten seconds: 40 units in 2-D over all of the plane, made of each other
ENDLESS = "\n".join([f"h0_{i} = relu(x1*{i + 1} - x2*{41 - i} + {i % 7}/3)" for i in range(40)]
                    + [f"h{k}_{i} = relu(h{k - 1}_{i} - h{k - 1}_{(i * 7 + 3) % 40} + {i % 5}/7)" for k in range(1, 12) for i in range(40)]
                    + ["y = " + " + ".join(f"h11_{i}" for i in range(40))])


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[str, int]]:
    pytest.importorskip("uvicorn")
    process = subprocess.Popen([sys.executable, "-m", "workings", "serve"], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    found = re.search(r"http://([\d.]+):(\d+)", process.stderr.readline())
    assert found
    yield found[1], int(found[2])
    assert process.poll() is None
    process.terminate()
    process.wait(10)


def ask(place: tuple[str, int], body: bytes, headers: dict[str, str] | None = None) -> tuple[int, str]:
    link = http.client.HTTPConnection(*place, timeout=60)
    try:
        link.request("POST", "/api/look", body, {"content-type": "application/json", **(headers or {})})
        answer = link.getresponse()
        return answer.status, answer.read().decode()
    except (BrokenPipeError, ConnectionResetError):
        return 0, "the server closed the connection"
    finally:
        link.close()


def up(place: tuple[str, int]) -> None:
    status, text = ask(place, json.dumps(GOOD).encode())
    assert status == 200 and json.loads(text)["plane"]["cells"] == 2


def test_a_thousand_requests_in_ten_seconds(place: tuple[str, int]) -> None:
    began = time.monotonic()

    def one(k: int) -> int:
        time.sleep(max(0.0, began + k / 100 - time.monotonic()))
        return ask(place, json.dumps({"network": f"y = relu(x1) - {k}*x2", "want": ["reading"]}).encode())[0]

    with ThreadPoolExecutor(100) as pool:
        seen = Counter(pool.map(one, range(1000)))
    assert set(seen) <= {200, 503} and seen[200] > 0, seen
    up(place)


def test_fifty_megabytes(place: tuple[str, int]) -> None:
    status, text = ask(place, b'{"network": "' + b"x" * 50_000_000 + b'"}')
    assert (status, "at most 8,000,000" in text) == (413, True) or status == 0
    up(place)


def test_a_foreign_host_and_origin(place: tuple[str, int]) -> None:
    assert ask(place, b"{}", {"host": "evil.example"})[0] == 403
    assert ask(place, b"{}", {"origin": "http://evil.example"})[0] == 403
    up(place)


def test_a_computation_without_end(place: tuple[str, int]) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: ask(place, json.dumps({"network": ENDLESS, "want": ["plane"]}).encode()), range(4)))
    assert all(status in (200, 422, 504) for status, _ in found)
    assert all("took more than" in text for status, text in found if status == 504)
    up(place)
