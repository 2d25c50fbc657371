import numpy as np
import pandas as pd
import pytest

from immunosep_omics import simulate
from immunosep_omics.simulate import SimulatedStudy, catalogue, truth


@pytest.fixture(scope="module")
def genes(study: SimulatedStudy) -> pd.DataFrame:
    return truth.genes(study.world, study.biology)


def test_a_third_to_two_thirds_of_the_expression_runs_through_the_mixture(
    study: SimulatedStudy, genes: pd.DataFrame
) -> None:
    assert 0.3 < truth.composition_share(genes, study.world.endotypes) < 0.7


def test_published_genes_move_the_published_way(genes: pd.DataFrame) -> None:
    rna = genes[genes["assay"] == "rna"].set_index("gene")
    assert (rna.loc[list(catalogue.HIDEF_DETRIMENTAL), "myeloid_axis_intrinsic"] > 0).all()
    protective = [*catalogue.HIDEF_NEUTROPHIL_PROTECTIVE, *catalogue.HIDEF_MONOCYTE_PROTECTIVE]
    assert (rna.loc[protective, "myeloid_axis_intrinsic"] < 0).all()
    assert (rna.loc[list(catalogue.HIDEF_LYMPHOID_PROTECTIVE), "lymphoid_axis_intrinsic"] < 0).all()


def test_markers_are_the_strongest_where_they_should_be(genes: pd.DataFrame) -> None:
    rna = genes[genes["assay"] == "rna"].set_index("gene")
    names = ("balanced", "myeloid", "systemwide")
    for name, symbols in zip(names, catalogue.MARKERS, strict=True):
        size = rna.loc[symbols, f"programme_{name}"] / rna.loc[symbols, "residual_sd"]
        assert size.between(2, 3).all()
        assert (rna.loc[symbols, "rank"] < 150).all()
    assert 0.15 < rna["is_planted"].mean() < 0.3


def test_an_endotypes_shift_is_its_axes_and_its_programme(
    study: SimulatedStudy, genes: pd.DataFrame
) -> None:
    assert genes.columns.is_unique
    shares = [endotype.share for endotype in study.world.endotypes.values()]
    total = sum(
        share * genes[f"intrinsic_{name}"]
        for share, name in zip(shares, study.world.endotypes, strict=True)
    )
    np.testing.assert_allclose(total, 0.0, atol=1e-9)
    first, second = (study.world.endotypes[name] for name in ("balanced", "systemwide"))
    step = np.subtract(second.axes, first.axes)
    expected = genes[["myeloid_axis_intrinsic", "lymphoid_axis_intrinsic"]] @ step
    expected += genes["programme_systemwide"] - genes["programme_balanced"]
    found = genes["intrinsic_systemwide"] - genes["intrinsic_balanced"]
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_ranks_and_symbols(genes: pd.DataFrame) -> None:
    for _, part in genes.groupby("assay"):
        planted = part[part["is_planted"]].sort_values("rank")
        assert planted["rank"].tolist() == list(range(1, len(planted) + 1))
        assert planted["strength"].is_monotonic_decreasing
        assert part["gene"].is_unique
    rna = set(genes.loc[genes["assay"] == "rna", "gene"])
    named = {*catalogue.MASS_SPECTROMETRY, *catalogue.OLINK} & rna
    assert 55 <= len(named) <= 70


def test_nothing_is_planted_in_the_null_world() -> None:
    study = simulate.draw(simulate.load_world("null"), 1)
    genes = truth.genes(study.world, study.biology)
    assert not genes["is_planted"].any()
    assert genes["rank"].isna().all()
    patients = truth.patients(study.cohorts["jena"])
    assert patients[["axis_myeloid", "axis_lymphoid"]].isna().all(axis=None)
    assert (patients["endotype"] == "").all()


def test_realised_differences_follow_the_planted_ones(large: SimulatedStudy) -> None:
    cohort = large.cohorts["athens"]
    genes = truth.genes(large.world, large.biology)
    rna = genes[genes["assay"] == "rna"].set_index("gene")
    data = cohort.assays["rna"]
    log = np.log2(data.values + 0.5).sub(np.log2(data.samples["depth"]), axis=0)
    endotype = cohort.endotypes[data.rows]
    found = log[endotype == "myeloid"].mean() - log[endotype == "balanced"].mean()
    planted = sum(rna[f"{kind}_myeloid"] - rna[f"{kind}_balanced"]
                  for kind in ("intrinsic", "composition"))  # fmt: skip
    common = found.index[(data.values.mean() > 20).to_numpy()]
    assert np.corrcoef(found[common], planted[common])[0, 1] > 0.98
