"""How fast the page is: key press to picture, a large network opened, frames a second while many cells move.

    python bench/page.py            needs the extras [web] and [fast], playwright and Chromium
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
NETS = {
    "the sheet's network": "y = 2 - r(x1) - r(x2) + r(x1 + x2)\nr(s) = max(0, s)\nclass 1 if y < 0",
    "two layers, tanh": "z3 = x1*w13 + x2*w23\na3 = tanh(z3)\nz4 = x1*w14 + x2*w24\na4 = tanh(z4)\n"
                        "y = a3*w35 + a4*w45\nE = (y - t)^2",
}
# a key is pressed in the editor; the picture is there when the answer has been drawn and a frame has passed
KEY = """
([text]) => new Promise(done => {
  const area = document.getElementById("text");
  const began = performance.now();
  const seen = new MutationObserver(() => {
    seen.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
  });
  seen.observe(document.documentElement, {attributes: true, attributeFilter: ["data-took"]});
  area.value = text;
  area.dispatchEvent(new Event("input", {bubbles: true}));
})
"""
PAN = """
(ms) => new Promise(done => {
  const canvas = document.getElementById("plane"), box = canvas.getBoundingClientRect();
  const at = (type, x, y) => canvas.dispatchEvent(new PointerEvent(
    type, {pointerId: 1, clientX: box.left + x, clientY: box.top + y, bubbles: true}));
  canvas.setPointerCapture = () => {};
  let frames = 0; const began = performance.now();
  at("pointerdown", 20, box.height - 20);
  const step = () => {
    const t = performance.now() - began;
    at("pointermove", 20 + 100 * Math.sin(t / 400), box.height - 20 - 100 * Math.sin(t / 300));
    frames++;
    if (t < ms) requestAnimationFrame(step); else { at("pointerup", 20, box.height - 20); done(1000 * frames / t); }
  };
  requestAnimationFrame(step);
})
"""


def layers(widths: list[int], seed: int = 0) -> dict[str, object]:
    """A network with seeded weights, as the JSON of arrays."""
    draw = np.random.default_rng(seed)
    made = [{"W": (draw.normal(size=(n, m)) * np.sqrt(2 / m)).tolist(), "b": (draw.normal(size=n) * 0.3).tolist(),
             "act": "relu"} for m, n in pairwise(widths)]
    made[-1]["act"] = "id"
    return {"input_dim": widths[0], "box": [[-1, 1]] * widths[0], "layers": made}


def typing(page: Page, text: str) -> dict[str, float]:
    """Milliseconds from a key press to the new picture, 30 times."""
    page.evaluate(KEY, [text + "   "])
    times = [page.evaluate(KEY, [text + " " * (k % 2 + 1)]) for k in range(30)]
    return {"median ms": statistics.median(times), "most ms": max(times)}


def opened(page: Page, widths: list[int], box: float = 1.0) -> dict[str, float]:
    """A file opened, its cells drawn; then the plane dragged for two seconds."""
    net = layers(widths)
    net["box"] = [[-box, box]] * 2
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net.json"
        path.write_text(json.dumps(net))
        page.evaluate("delete document.documentElement.dataset.took")
        page.set_input_files("#file", str(path))
        page.wait_for_selector("html[data-took]", timeout=120_000)
        page.wait_for_timeout(1500)
        # once more, now that the process has loaded what it needs
        page.evaluate("delete document.documentElement.dataset.took")
        page.set_input_files("#file", [])
        net["box"] = [[-box, box * 0.999]] * 2
        path.write_text(json.dumps(net))
        page.set_input_files("#file", str(path))
        page.wait_for_selector("html[data-took]", timeout=120_000)
    took = float(page.evaluate("document.documentElement.dataset.took"))
    words = page.inner_text("#plane-words")
    page.wait_for_timeout(800)
    return {"cells": int(re.sub(r"\D", "", words.split(" piece")[0]) or 0), "answer ms": took,
            "frames a second": page.evaluate(PAN, 2000)}


def main() -> None:
    server = subprocess.Popen([sys.executable, "-m", "workings", "serve"], stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    address = re.search(r"http://\S+", server.stderr.readline())[0]
    out: dict[str, object] = {}
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(address)
            page.wait_for_selector("html[data-took]", timeout=60_000)
            for name, text in NETS.items():
                out[name] = typing(page, text)
            for widths, box in (([2, 64, 64, 1], 1.0), ([2, 256, 256, 1], 1.0), ([2, 256, 256, 256, 1], 1.0)):
                out["-".join(map(str, widths))] = opened(page, widths, box)
            browser.close()
    finally:
        server.terminate()
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
