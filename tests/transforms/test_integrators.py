"""What every integrator promises: frozen places for everybody, shares of omics and features."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.integrate import INTEGRATORS
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.frozen import read_frozen, write_frozen
from immunosep_omics.transforms.projection import omics_of

SAMPLES, LATER = 80, 20


@pytest.fixture(scope="module")
def study():
    """Two omics with three classes; some samples lack one; the last twenty come later."""
    generator = np.random.default_rng(1)
    rows = pd.Index([f"a/s{number}" for number in range(SAMPLES)], name="key")
    own = np.arange(SAMPLES) % 3
    blocks = {}
    for place, (assay, features) in enumerate({"rna": 40, "olink": 20}.items()):
        values = 2 * generator.normal(size=(3, features))[own]
        values += generator.normal(size=(SAMPLES, features))
        values[generator.random(values.shape) < 0.02] = np.nan
        has = np.arange(SAMPLES) % 8 != place
        table = pd.DataFrame(values, rows, [f"G{n}" for n in range(features)])[has]
        blocks[assay] = Block(table, pd.DataFrame({"sample": table.index}, index=table.index))
    return blocks, rows, own


@pytest.fixture(params=INTEGRATORS)
def projection(request, study):
    if request.param == "mofa":
        pytest.importorskip("mofapy2")
    blocks, rows, _ = study
    return INTEGRATORS[request.param](blocks, rows[:-LATER], 6)


def test_everybody_has_a_place_whatever_was_measured(projection, study):
    blocks, rows, own = study
    placement = projection.place(blocks, rows)
    assert placement.scores.shape == (SAMPLES, len(projection.names))
    assert np.isfinite(placement.scores).all()
    assert set(omics_of(placement, list(blocks))) == {"rna", "olink", "rna+olink"}
    means = pd.DataFrame(placement.scores).groupby(own).transform("mean").to_numpy()
    left = placement.scores - means
    # New samples and those that lack an omic too lie near their class.
    for some in (slice(-LATER, None), np.arange(SAMPLES) % 8 < 2):
        assert np.square(left[some, 0]).mean() < 0.4 * np.square(means[some, 0]).mean()


def test_the_reliability_of_all_omics_is_the_identity_and_of_some_is_no_more(projection, study):
    blocks, rows, _ = study
    placement = projection.place(blocks, rows)
    identity = np.eye(len(projection.names))
    for has, known in zip(placement.present, placement.reliability, strict=True):
        if has.all():
            np.testing.assert_allclose(known, identity, atol=1e-8)
        values = np.linalg.eigvalsh(known)
        assert values.min() > 0
        assert values.max() < 1.05


def test_a_place_does_not_depend_on_who_else_is_placed(projection, study):
    blocks, rows, _ = study
    together = projection.place(blocks, rows).scores
    for row in range(0, SAMPLES, 7):
        one = rows[row : row + 1]
        alone = {a: b.rows(b.values.index.intersection(one)) for a, b in blocks.items()}
        scores = projection.place(alone, one).scores[0]
        np.testing.assert_allclose(scores, together[row], rtol=1e-7, atol=1e-7)


def test_learning_sees_only_the_samples_that_teach(projection, study, request):
    blocks, rows, _ = study
    name = request.node.callspec.params["projection"]
    taught = rows[:-LATER]
    fewer = {a: b.rows(b.values.index.intersection(taught)) for a, b in blocks.items()}
    again = INTEGRATORS[name](fewer, taught, 6)
    np.testing.assert_array_equal(
        again.place(fewer, taught).scores, projection.place(fewer, taught).scores
    )


def test_loadings_and_shares_are_of_every_feature_and_omic(projection, study):
    blocks, rows, _ = study
    loadings = projection.loadings()
    assert list(loadings.columns) == ["assay", "gene", *projection.names]
    assert loadings["assay"].value_counts().to_dict() == {"rna": 40, "olink": 20}
    shares = projection.shares({"rna": 70, "olink": 70})
    expected = loadings.set_index("assay")[projection.names].pow(2).groupby(level=0).mean().stack()
    found = shares.set_index(["assay", "factor"])["share"]
    np.testing.assert_allclose(found, expected.loc[found.index])
    assert found.between(0, 1).all()
    assert found["rna"].sum() > 0.3
    # A loading is how a feature goes with the factor: nearly its correlation.
    scores = pd.DataFrame(projection.place(blocks, rows).scores, rows)
    gene = loadings[projection.names[0]][:40].abs().argmax()
    values = blocks["rna"].values.iloc[:, gene]
    assert np.corrcoef(scores.loc[values.dropna().index, 0], values.dropna())[0, 1] == (
        pytest.approx(loadings[projection.names[0]][gene], abs=0.15)
    )


def test_components_are_of_every_sample_or_of_those_with_the_omic(projection, study):
    blocks, rows, _ = study
    components = projection.components(blocks, rows)
    assert list(components.index) == list(rows)
    for column in components:
        assay = column.split(":")[0]
        has = blocks[assay].values.index if assay in blocks else rows
        assert set(components[column].dropna().index) == set(has)


def test_a_projection_from_a_file_places_all_the_same(projection, study, tmp_path):
    blocks, rows, _ = study
    for file in ("one.npz", "two.npz"):
        write_frozen(projection, tmp_path / file)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    back = read_frozen(tmp_path / "one.npz")
    np.testing.assert_array_equal(
        back.place(blocks, rows).scores, projection.place(blocks, rows).scores
    )
    pd.testing.assert_frame_equal(back.loadings(), projection.loadings())
