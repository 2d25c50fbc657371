from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from result_tables import HOSTILE

from immunosep_omics import RESEARCH_USE
from immunosep_omics.figures import FIGURE_NAMES
from immunosep_omics.report import write_report
from immunosep_omics.report.page import FIGURE_ORDER, render

VOID = {"meta", "img", "br"}


class _Nesting(HTMLParser):
    """Collects start tags, and complains of tags that are closed in the wrong order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _parsed(page: str) -> _Nesting:
    parser = _Nesting()
    parser.feed(page)
    parser.close()
    return parser


@pytest.fixture(scope="module")
def page(study: Path) -> str:
    return render(study, ["main"], "separated")


@pytest.fixture(scope="module")
def plain_page(plain: Path) -> str:
    return render(plain, ["null"], "")


def test_every_figure_has_its_place():
    assert sorted(name for names in FIGURE_ORDER.values() for name in names) == sorted(FIGURE_NAMES)


def test_same_results_same_bytes(study: Path, page: str, tmp_path: Path):
    write_report(study, ["main"], "separated", tmp_path / "index.html")
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == page


def test_tags_are_closed_in_order(page: str, plain_page: str):
    for text in (page, plain_page):
        assert _parsed(text).open == []


def test_nothing_is_fetched_and_nothing_runs(page: str):
    for tag, attributes in _parsed(page).seen:
        assert tag not in {"script", "link", "iframe", "object", "base"}
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href"):
            address = attributes.get(name)
            assert address is None or address.startswith(("data:", "#", "quality_")), address


def test_links_lead_somewhere(page: str):
    seen = _parsed(page).seen
    places = [attributes["id"] for _, attributes in seen if "id" in attributes]
    assert len(places) == len(set(places))
    inside = [a["href"] for _, a in seen if (a.get("href") or "").startswith("#")]
    assert {address[1:] for address in inside if address} <= set(places)


def test_names_from_outside_are_escaped(plain_page: str):
    assert HOSTILE not in plain_page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;0" in plain_page


def test_no_path_of_the_machine(study: Path, page: str):
    assert str(study) not in page
    assert str(study.parent) not in page


def test_what_it_is_stands_first(page: str, plain_page: str):
    head = page[: page.index("<h2>")]
    assert RESEARCH_USE in head
    assert "This study is generated (world: separated)" in head
    assert "This study is generated" not in plain_page


def test_the_whole_table_can_be_taken_away(study: Path, page: str):
    links = {
        str(attributes["download"]): str(attributes["href"])
        for tag, attributes in _parsed(page).seen
        if tag == "a" and "download" in attributes
    }
    kind, content = links["main_volcano.tsv"].split(",", 1)
    path = study / "analyses" / "main" / "figures" / "volcano.tsv"
    assert kind == "data:text/tab-separated-values;base64"
    assert base64.b64decode(content) == path.read_bytes()


def test_a_figure_that_does_not_apply_is_a_sentence(page: str):
    assert re.search(r'class="absent"><strong>Markers[^<]*</strong> There are no endotypes', page)


def test_planted_and_found_only_where_generated(page: str, plain_page: str):
    assert "Planted and found" in page
    assert "Planted and found" not in plain_page


def test_size(page: str):
    assert len(page.encode()) < 2e6
