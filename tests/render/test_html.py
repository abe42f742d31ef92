"""The page: it stands alone, runs nothing, is whole, can be read by everybody."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from workings.render.html import fragment, html

from sample_page import DOCUMENT, HARM

VOID = {"meta", "br", "img", "link", "hr", "input"}


class Outline(HTMLParser):
    """Collects elements, checks that they nest, gathers the text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes <{self.open[-1:]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "title"):
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page() -> str:
    return html(DOCUMENT)


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    assert not found.open
    return found


def test_it_needs_no_network_and_runs_nothing(page: str, outline: Outline) -> None:
    assert not outline.all("script")
    assert not [a for _, attributes in outline.elements for a in attributes if a.startswith("on")]
    policy = next(m["content"] for m in outline.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy and "default-src 'none'" in policy and "script-src" not in policy
    loaded = [a[k] for _, a in outline.elements for k in ("src", "data", "poster") if a.get(k)]
    assert not loaded and not outline.all("link") and not outline.all("iframe")
    assert not re.findall(r"url\((?!data:|#)", page)


def test_text_of_a_sheet_is_text(page: str, outline: Outline) -> None:
    assert HARM in outline.text
    assert "alert(1)</script>" not in page


def test_it_has_language_landmarks_and_a_way_past_the_contents(outline: Outline) -> None:
    assert outline.all("html")[0]["lang"] == "en"
    assert outline.all("main")[0]["id"] == "main"
    assert outline.all("a")[0]["href"] == "#main"
    assert outline.all("nav")[0]["aria-label"] == "Contents"
    assert len(outline.all("h1")) == 1


def test_contents_lead_to_headings(outline: Outline) -> None:
    ids = [a["id"] for _, a in outline.elements if a.get("id")]
    links = [a["href"] for a in outline.all("a") if (a["href"] or "").startswith("#")]
    assert len(ids) == len(set(ids))
    assert all((link or "")[1:] in ids for link in links) and len(links) == 6


def test_two_headings_of_one_name_have_two_anchors() -> None:
    from workings.document import Document, Heading

    found = html(Document("t", (Heading(2, ("Same",)), Heading(2, ("Same",)))))
    assert 'id="same"' in found and 'id="same-2"' in found


def test_every_kind_of_block_is_there(outline: Outline) -> None:
    kinds = [a.get("class") or "" for _, a in outline.elements]
    for kind in ("display", "steps", "box quote", "box repaired", "box wrong-line", "box result", "fold", "words"):
        assert kind in kinds, kind
    assert [a for a in outline.all("details") if "open" in a]
    assert all(a["scope"] == "col" for a in outline.all("th"))
    assert "Wrong line" in outline.text and "Repaired" in outline.text       # words, not colour alone


def test_pictures_have_words(outline: Outline) -> None:
    assert "Two inputs x1 and x2 feed three neurons." in outline.text


def test_same_document_same_bytes(page: str) -> None:
    assert html(DOCUMENT) == page


def test_a_fragment_stands_within_another_page() -> None:
    found = fragment(DOCUMENT)
    assert found.startswith('<div class="workings"') and "<html" not in found
    style = found[found.index("<style>") : found.index("</style>")]
    assert ":root" not in style and "body" not in style


# ---------------------------------------------------------------------- contrast

def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _palettes() -> list[dict[str, str]]:
    css = (files("workings.render") / "palette.css").read_text()
    return [dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", part)) for part in css.split("@media")]


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "soft", "accent", "good", "warn", "bad"])
@pytest.mark.parametrize("ground", ["paper", "panel"])
def test_contrast_is_aa(palette: dict[str, str], ink: str, ground: str) -> None:
    light, dark = sorted((_luminance(palette[ink]), _luminance(palette[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


# ---------------------------------------------------------------------- in a browser

@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_itself_never_scrolls_sideways(tmp_path, page: str, width: int, scheme: str) -> None:  # type: ignore[no-untyped-def]
    playwright = pytest.importorskip("playwright.sync_api")
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        tab.goto((tmp_path / "page.html").as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.evaluate('document.fonts.check(\'16px "Workings Math"\')')
        assert said == []
        browser.close()
