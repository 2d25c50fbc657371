import numpy as np
import pandas as pd
import pytest

from immunosep_omics.endotype import endotype

CONSENSUS = {"method": "consensus", "max_k": 4, "resamples": 60}


def _integrated(samples=150, distance=5.0, applied=0, seed=1):
    """Factors and components of two omics with three classes, and the truth."""
    generator = np.random.default_rng(seed)
    truth = generator.choice(3, samples, p=[0.45, 0.35, 0.2])
    centres = distance * np.array([[0, 0], [1, 0], [0.5, 1]])
    points = centres[truth] + generator.normal(size=(samples, 2))
    points -= points.mean(axis=0)
    names = [f"s{number}" for number in range(samples)]
    keys = pd.DataFrame({"sample": names, "patient": names, "cohort": "a"})
    keys.loc[keys.index % 2 == 1, "cohort"] = "b"
    keys["part"] = "discovery"
    keys.loc[samples - applied :, ["cohort", "part"]] = ["new", "applied"]
    factors = keys.assign(omics="rna+proteome", factor_1=points[:, 0], factor_2=points[:, 1])
    components = keys[["sample", "cohort"]].copy()
    for number in range(2):
        components[f"rna:{number + 1}"] = points[:, number]
        components[f"proteome:{number + 1}"] = points[:, number] + generator.normal(size=samples)
    reliability = pd.DataFrame(
        {"omics": "rna+proteome", "factor": ["factor_1", "factor_2"], "factor_1": [1.0, 0.0],
         "factor_2": [0.0, 1.0]}
    )  # fmt: skip
    clinical = keys[["sample", "patient", "cohort"]].assign(label=[f"L{t}" for t in truth])
    return factors, components, reliability, clinical, truth


def _run(study, method=CONSENSUS, seed=1):
    factors, components, reliability, clinical, _ = study
    return endotype(factors, components, reliability, clinical, method, seed, "main")


def test_three_planted_classes_are_found_and_named_along_the_axis():
    study = _integrated()
    result = _run(study)
    table = pd.crosstab(result.endotypes["endotype"], study[-1])
    assert table.shape == (3, 3)
    assert table.max(axis=1).sum() / table.to_numpy().sum() > 0.95
    assert result.stability.loc[result.stability["chosen"], "k"].tolist() == [3]
    means = result.endotypes.groupby("endotype")["axis_factor_1"].mean()
    assert means.is_monotonic_increasing
    assert result.endotypes["probability"].between(1 / 3, 1).all()
    assert result.consensus["consensus"].between(0, 1).all()


def test_a_gradient_is_an_axis_and_not_classes():
    factors, components, reliability, clinical, _ = _integrated(distance=0.0)
    place = np.sqrt(12) * (np.random.default_rng(7).random(150) - 0.5)
    factors["factor_1"] += 4 * place
    for omic in ("rna", "proteome"):
        components[f"{omic}:1"] += 4 * place
    result = _run((factors, components, reliability, clinical, None))
    assert set(result.endotypes["endotype"]) == {"E1"}
    assert "an axis, not classes" in result.status.loc[0, "reason"]
    assert np.corrcoef(result.endotypes["axis_gradient"], place)[0, 1] > 0.95
    one = result.stability.set_index("k").loc[1]
    assert one["gradient_p"] < 0.001
    assert one["gradient_bic"] < result.stability["bic"].iloc[1:].min()


def test_one_factor_is_never_left_out():
    factors, components, reliability, clinical, _ = _integrated()
    factors = factors.drop(columns="factor_2")
    reliability = reliability.drop(columns="factor_2").iloc[:1]
    method = {**CONSENSUS, "feature_share": 0.5}
    result = endotype(factors, components, reliability, clinical, method, 1, "main")
    assert result.stability["pac"].iloc[1:].notna().all()


@pytest.mark.parametrize("clusterer", ["hierarchical", "spectral", "mixture"])
def test_other_clusterers_find_the_planted_classes_too(clusterer):
    study, told = _integrated(), []
    factors, components, reliability, clinical, truth = study
    method = {**CONSENSUS, "clusterer": clusterer, "linkage": "ward", "feature_share": 1.0}
    result = endotype(
        factors, components, reliability, clinical, method, 1, "main", threads=2, told=told.append
    )
    assert pd.crosstab(result.endotypes["endotype"], truth).max(axis=1).sum() > 0.95 * len(truth)
    assert told[-1] == "consensus clustering: 60 of 60 resamples"
    tried = result.stability.iloc[1:]
    assert tried["delta_area"].gt(-1).all()
    assert tried["delta_area"].notna().all()


def test_threads_change_nothing():
    factors, components, reliability, clinical, _ = _integrated(distance=2.0)
    one, two = (
        endotype(factors, components, reliability, clinical, CONSENSUS, 1, "main", threads=threads)
        for threads in (1, 2)
    )
    pd.testing.assert_frame_equal(one.endotypes, two.endotypes, check_exact=True)
    pd.testing.assert_frame_equal(one.stability, two.stability, check_exact=True)


def test_one_cloud_is_one_endotype():
    result = _run(_integrated(distance=0.0))
    assert set(result.endotypes["endotype"]) == {"E1"}
    assert result.endotypes["probability"].isna().all()
    assert result.stability.loc[result.stability["chosen"], "k"].tolist() == [1]
    assert result.consensus.empty
    assert "one endotype" in result.status.loc[0, "reason"]


def test_cohorts_that_are_only_placed_never_change_labels():
    whole = _integrated(applied=40)
    inside = (whole[0]["part"] == "discovery").to_numpy()
    alone = tuple(part[inside] if len(part) == len(inside) else part for part in whole)
    with_new, without = _run(whole), _run(alone)
    kept = with_new.endotypes[inside].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, without.endotypes)
    placed = with_new.endotypes[~inside]
    table = pd.crosstab(placed["endotype"], whole[-1][~inside])
    assert table.max(axis=1).sum() / table.to_numpy().sum() > 0.9


def test_given_labels_go_through_unchanged():
    study = _integrated()
    result = _run(study, {"method": "given", "column": "label"})
    assert result.endotypes["endotype"].tolist() == [f"L{t}" for t in study[-1]]
    assert result.endotypes["probability"].isna().all()
    assert result.stability.empty


def test_the_same_seed_gives_the_same_answer():
    study = _integrated(distance=3.0)
    pd.testing.assert_frame_equal(_run(study).endotypes, _run(study).endotypes)
    pd.testing.assert_frame_equal(_run(study).stability, _run(study).stability)


@pytest.mark.parametrize("samples", [6, 19])
def test_few_patients_are_one_endotype_with_a_reason(samples):
    result = _run(_integrated(samples=samples))
    assert set(result.endotypes["endotype"]) == {"E1"}
    assert "too few" in result.status.loc[0, "reason"]
