from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from immunosep_omics.figures import FIGURE_NAMES, draw_all
from immunosep_omics.figures.draw import FIGURES
from immunosep_omics.figures.inputs import Tables, read_tables
from immunosep_omics.figures.names import CAPTIONS
from immunosep_omics.figures.panel import roc_points
from immunosep_omics.figures.style import save
from immunosep_omics.tables import read_table


def test_names_and_functions_agree():
    assert tuple(FIGURES) == FIGURE_NAMES


def test_names_are_read_without_matplotlib():
    code = (
        "import sys; import immunosep_omics.figures.names;"
        "print({'matplotlib', 'pandas', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_every_figure_is_written_with_its_table(folder: Path, tmp_path: Path):
    draw_all(folder, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{name}.{ending}" for name in FIGURE_NAMES for ending in ("pdf", "png", "tsv")
    }
    for name in FIGURE_NAMES:
        assert len(read_table(tmp_path / f"{name}.tsv")), name
        with Image.open(tmp_path / f"{name}.png") as image:
            assert (image.info["Title"], image.info["Description"]) == CAPTIONS[name]


@pytest.mark.parametrize("name", FIGURE_NAMES)
def test_what_does_not_apply_says_why(name: str, bare: Tables):
    figure, table = FIGURES[name](bare)
    assert figure.get_label().endswith(".")
    assert table.empty
    assert len(table.columns)


def test_one_group_one_cohort_one_factor(one_group: Tables):
    drawn = {name: draw(one_group) for name, draw in FIGURES.items()}
    assert {name for name, (figure, _) in drawn.items() if figure.get_label()} == {
        "consensus", "harmonisation", "markers",
    }  # fmt: skip
    title = drawn["number_of_endotypes"][0].get_suptitle()
    assert title == "No clusters: one group describes these data"


def test_an_axis_is_said(one_group: Tables):
    endotypes = one_group.endotypes.assign(axis_gradient=0.0)
    figure, _ = FIGURES["number_of_endotypes"](replace(one_group, endotypes=endotypes))
    assert figure.get_suptitle().startswith("An axis, not classes")


def test_same_tables_same_bytes(tables: Tables, tmp_path: Path):
    for place in ("one", "two"):
        figure, _ = FIGURES["endotype_map"](tables)
        save(figure, tmp_path / place / "map", "title", "caption")
    for ending in ("pdf", "png"):
        one, two = (tmp_path / place / f"map.{ending}" for place in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
    assert b"CreationDate" not in one.with_suffix(".pdf").read_bytes()


def test_a_left_over_table_is_not_drawn(folder: Path, tmp_path: Path):
    stale = folder / "differential" / "stale.tsv"
    stale.write_bytes((folder / "differential" / "rna.tsv").read_bytes())
    try:
        assert set(read_tables(folder).differential) == {"rna", "proteins"}
    finally:
        stale.unlink()


def test_descriptive_contrasts_have_no_colour_and_say_so(tables: Tables):
    figure, table = FIGURES["volcano"](tables)
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert sum("descriptive, not tested" in text for text in texts) == 4
    assert sum("at FDR 0.05" in text for text in texts) == 2
    assert set(table["claim"]) == {"tested", "descriptive"}


def test_forest_brings_cohort_intervals_to_the_scale_of_effects(tables: Tables):
    _, table = FIGURES["forest"](tables)
    cohorts = table[table["cohort"] != "meta"]
    assert set(table["contrast"]) == {"death_28d"}
    # The made-up cohort intervals reach two standard errors, 0.22 in units of effect.
    np.testing.assert_allclose(cohorts["ci_high"] - cohorts["effect"], 0.44, rtol=1e-6)
    np.testing.assert_allclose(cohorts["effect"] - cohorts["ci_low"], 0.44, rtol=1e-6)


def test_forest_of_one_cohort_shows_it_once(one_group: Tables):
    _, table = FIGURES["forest"](one_group)
    assert set(table["cohort"]) == {"athens"}


def test_samples_of_equal_name_in_two_cohorts_stay_apart(tables: Tables):
    factors = tables.factors.assign(sample=[f"S{i % 12}" for i in range(len(tables.factors))])
    endotypes = tables.endotypes.assign(sample=factors["sample"])
    same = Tables(**{**vars(tables), "factors": factors, "endotypes": endotypes})
    _, table = FIGURES["endotype_map"](same)
    pd.testing.assert_series_equal(table["endotype"], tables.endotypes["endotype"])


def test_roc_points_by_hand():
    x, y = roc_points(np.array([1.0, 0, 1, 0]), np.array([0.9, 0.5, 0.5, 0.1]))
    assert x.tolist() == [0, 0, 0.5, 1]
    assert y.tolist() == [0, 0.5, 1, 1]


def test_roc_area_agrees_with_scikit_learn():
    from sklearn.metrics import roc_auc_score

    random = np.random.default_rng(3)
    observed = random.integers(0, 2, 50).astype(float)
    predicted = np.round(random.uniform(size=50), 1)
    x, y = roc_points(observed, predicted)
    assert np.trapezoid(y, x) == pytest.approx(roc_auc_score(observed, predicted), abs=1e-12)
