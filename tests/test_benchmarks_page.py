"""docs/benchmarks.md says what bench/results hold."""

import page


def test_the_page_is_current():
    written = page.PAGE.read_text(encoding="utf-8")
    assert written == page.render(), "run `python bench/page.py`"
