"""What comes back from the simulated worlds, seed by seed, beside what the oracle could know.

python bench/worlds.py separated 1 2 3     (world, then seeds; tab-separated to the terminal)
"""

import os
import sys
import tempfile
from pathlib import Path

import pandas as pd

from immunosep_omics.endotype import endotype
from immunosep_omics.ingest import ingest_assay, read_clinical
from immunosep_omics.integrate import integrate
from immunosep_omics.normalise import normalise
from immunosep_omics.rule import STAGES
from immunosep_omics.settings import load_study
from immunosep_omics.settings.plan import make_plan
from immunosep_omics.simulate import draw, load_world, write
from immunosep_omics.stats.agreement import adjusted_rand

CONFIG = Path(__file__).parents[1] / "config/config.yaml"


def found_and_planted(world: str, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Endotypes of the built-in study's analysis with the truth beside them, and the evidence."""
    with tempfile.TemporaryDirectory() as place:
        before = Path.cwd()
        os.chdir(place)
        try:
            write(draw(load_world(world), seed), Path("results/simulated"))
            return _analyse(world, seed)
        finally:
            os.chdir(before)


def _analyse(world: str, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    loaded = load_study([CONFIG], {"seed": seed, "simulate": {"world": world}})
    plan = make_plan(loaded, dict.fromkeys(STAGES, ""), [])
    tables, assays = [], []
    for name, facts in loaded.cohorts.items():
        folder = loaded.folders[name]
        own_names = plan["clinical"][name]["given"]["sample_columns"]
        clinical = read_clinical(name, facts.clinical, folder, own_names)
        tables.append(clinical.table.rename_axis("sample").reset_index())
        for assay, stated in facts.assays.items():
            raw, *_ = ingest_assay(name, assay, stated, folder, clinical)
            given = plan["normalise"][name][assay]["given"]
            assays.append(normalise(raw, given["recipe"], given["design"])[0])
    clinical_table = pd.concat(tables, ignore_index=True)
    given = plan["analysis"]["main"]["integrate"]
    joined = integrate(
        assays, clinical_table, given["discover_in"], given["samples"], given["harmonise"],
        given["integrate"], given["rna"], given["asked"], clinical_table,
    )  # fmt: skip
    given = plan["analysis"]["main"]["endotype"]
    found = endotype(
        joined.factors, joined.components, joined.reliability, clinical_table, given["endotype"],
        seed, "main",
    )  # fmt: skip
    truth = Path("results/simulated/truth")
    keys = ["cohort", "patient"]
    patients = pd.read_csv(truth / "patients.tsv", sep="\t")
    oracle = pd.read_csv(truth / "oracle.tsv", sep="\t")
    table = found.endotypes.merge(patients, on=keys, suffixes=("", "_true"))
    return table.merge(oracle, on=keys, suffixes=("", "_oracle")), found.stability


def summary(world: str, seed: int) -> dict[str, object]:
    """One line: k, its p, agreement with the truth, and the axes."""
    table, evidence = found_and_planted(world, seed)
    line: dict[str, object] = {
        "world": world,
        "seed": seed,
        "k": int(evidence.loc[evidence["chosen"].astype(bool), "k"].iloc[0]),
        "p": evidence["p"].min(),
    }
    if "endotype_true" in table and table["endotype_true"].notna().any():
        line["ari"] = adjusted_rand(table["endotype_true"], table["endotype"])
        line["oracle"] = adjusted_rand(table["endotype_true"], table["endotype_oracle"])
    for axis in ("axis_myeloid", "axis_lymphoid"):
        if f"{axis}_true" in table and table[f"{axis}_true"].notna().any():
            line[axis] = table[axis].corr(table[f"{axis}_true"], method="spearman")
    return line


if __name__ == "__main__":
    lines = [summary(sys.argv[1], int(seed)) for seed in sys.argv[2:]]
    print(pd.DataFrame(lines).to_csv(sep="\t", index=False, float_format="%.3f"), end="")
