"""What the check foretells of a question is what the analysis then does, in many small studies."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from immunosep_omics.differential import compare
from immunosep_omics.ingest.check.questions import verdicts
from immunosep_omics.settings.analysis import Contrast, Differential
from immunosep_omics.settings.check import Asked
from immunosep_omics.transforms.join import keyed, one_per_patient

# So many independent ones that weights of samples have enough, which no clinical table foretells.
GENES = [f"G{n}" for n in range(100)]

CONTRASTS = {
    "groups": Contrast(column="group", level="ill", versus="well"),
    "rest": Contrast(column="group", level="ill", adjust=["age", "ward"]),
    "each": Contrast(column="group", level="each", adjust=["sex"]),
    "any": Contrast(column="group", level="any"),
    "line": Contrast(column="age", adjust=["group"]),
    "curve": Contrast(column="age", curve=2),
    "women": Contrast(column="group", level="ill", population={"sex": ["f"]}),
    "crossed": Contrast(formula="~ group * sex", estimate="group[T.well]:sex[T.m]"),
    "number": Contrast(column="dead", level=1, versus=0, adjust=["group", "sex"]),
}

CHOICES = {
    "voom": {},
    "negative binomial": {"counts": "negative_binomial"},
    "one correlation": {"repeated": "correlation"},
    "sample weights": {"sample_weights": True},
    "hidden": {"surrogate_variables": 3},
    "control genes": {"surrogate_variables": 2, "control_genes": GENES[:6]},
}


def _clinical(cohort, draw):
    """Patients with one to three samples, and now and then a column that is lacking or fixed."""
    patients = int(draw.integers(4, 14))
    patient = np.repeat(np.arange(patients), draw.integers(1, 1 + draw.integers(1, 4), patients))
    n = len(patient)
    own = {
        "group": draw.choice(["ill", "well", "other"], patients, p=[0.45, 0.45, 0.1])[patient],
        "sex": draw.choice(["f", "m"], patients)[patient],
        "age": draw.integers(20, 90, patients)[patient].astype(float),
        "ward": draw.choice(["x", "y"], n),
        "dead": (draw.random(patients) < 0.4)[patient].astype(float),
    }
    for name in draw.choice(list(own), 2, replace=False):
        column = pd.Series(own[name], dtype=object)
        column[draw.random(n) < draw.choice([0, 0.2, 1], p=[0.6, 0.3, 0.1])] = np.nan
        own[name] = column if isinstance(column.dropna().max(), str) else column.astype(float)
    if draw.random() < 0.2:
        own["ward"] = own["group"]
    return pd.DataFrame(
        {"sample": [f"{cohort}{k}" for k in range(n)], "patient": [f"p{k}" for k in patient],
         "cohort": cohort, "hours": draw.integers(0, 9, n).astype(float), **own}
    )  # fmt: skip


def _assay(cohort, name, clinical, draw):
    """Counts, or log values, of most of the samples."""
    rows = clinical[draw.random(len(clinical)) < draw.choice([0.5, 1])]
    rows = rows if len(rows) else clinical
    counts = draw.negative_binomial(5, 0.02, (len(rows), len(GENES))).astype(float)
    obs = rows[["cohort", "patient"]].set_axis(rows["sample"])
    made = ad.AnnData(
        np.log2(counts + 1), obs=obs, var=pd.DataFrame(index=GENES),
        uns={"cohort": cohort, "assay": name},
    )  # fmt: skip
    if name == "rna":
        made.layers["counts"] = counts
        made.obs["effective_library_size"] = counts.sum(axis=1)
    return made


def _endotypes(clinical, assays, samples):
    """The samples of an analysis, as integration chooses them."""
    have = [f"{a.uns['cohort']}/{sample}" for a in assays for sample in a.obs_names]
    rows = keyed(clinical)
    rows = one_per_patient(rows, pd.Index(have)) if samples == "earliest" else rows.loc[
        rows.index.isin(have)
    ]  # fmt: skip
    return rows[["sample", "patient", "cohort"]].assign(endotype="E1").reset_index(drop=True)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("choice", CHOICES)
def test_a_verdict_is_what_the_analysis_does(choice, seed):
    draw = np.random.default_rng([seed, len(choice)])
    samples = draw.choice(["earliest", "all"])
    tables = {cohort: _clinical(cohort, draw) for cohort in "ab"}
    assays = [_assay(c, name, t, draw) for c, t in tables.items() for name in ("rna", "proteins")]
    names = draw.choice(list(CONTRASTS), 3, replace=False)
    contrasts = {name: CONTRASTS[name] for name in names}
    asked = Asked(
        cohorts=["a", "b"], samples=samples, contrasts=contrasts,
        differential=Differential(**CHOICES[choice]),
        assays={cohort: {"rna": "counts", "proteins": "log2"} for cohort in "ab"},
    )  # fmt: skip
    measured = {c: {} for c in "ab"}
    for one in assays:
        measured[one.uns["cohort"]][one.uns["assay"]] = one.obs_names
    found = verdicts(
        {"main": asked}, {c: t.set_index("sample") for c, t in tables.items()}, None, measured
    )
    clinical = pd.concat(tables.values(), ignore_index=True)
    endotypes = _endotypes(clinical, assays, samples)
    for assay in ("rna", "proteins"):
        table, status = compare(
            [one for one in assays if one.uns["assay"] == assay], clinical, endotypes,
            {name: contrast.model_dump() for name, contrast in contrasts.items()}, False, assay,
            asked.differential.model_dump(),
        )  # fmt: skip
        answered = table.dropna(subset="p").groupby(["contrast", "cohort"], observed=True).size()
        for question, rows in found.groupby("question"):
            told = _told(rows, assay)
            done = {c for c in "ab" if (question, c) in answered.index}
            reasons = status[status["question"] == f"{assay}: {question}"]["reason"].tolist()
            assert told == done, (assay, question, rows[["cohort", "reason"]].to_dict(), reasons)


def _told(rows, assay):
    """The cohorts in which a question is said to be answered for this assay."""
    about = rows[rows["about"].isin(["contrast", "assay"])]
    no = about[about["verdict"] == "no"]["cohort"]
    own = about[(about["about"] == "assay")]
    lacking = [c for c, why in own[["cohort", "reason"]].to_numpy() if assay in why.split(":")[0]]
    return set() if "all" in set(no) else {"a", "b"} - {*no, *lacking}
