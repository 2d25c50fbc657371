"""Seconds that `immunosep check` takes for a generated study of 20 cohorts."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml

from immunosep_omics.identifiers import gene_table

COHORTS, GENES, SAMPLES = 20, 15_000, 100

CODE = "import sys; from immunosep_omics.cli import main; sys.exit(main())"


def write_study(folder: Path) -> None:
    """Each cohort has a clinical table and raw counts."""
    draw = np.random.default_rng(1)
    names = [f"S{number:03d}" for number in range(SAMPLES)]
    genes = sorted(gene_table().symbols)[:GENES]
    level = draw.gamma(0.5, 300, (GENES, 1)) * draw.uniform(0.5, 2, SAMPLES)
    counts = draw.negative_binomial(3, 3 / (3 + level))
    rows = ["\t".join([gene, *map(str, row)]) for gene, row in zip(genes, counts, strict=True)]
    matrix = "\n".join(["\t".join(["gene", *names]), *rows]) + "\n"
    sexes, dead = draw.choice(["F", "M"], SAMPLES), draw.integers(0, 2, SAMPLES)
    clinical = "id,age,sex,dead\n" + "".join(
        f"{name},{50 + n % 30},{sexes[n]},{dead[n]}\n" for n, name in enumerate(names)
    )
    columns = {"age": {"from": "age", "unit": "years"}, "death_28d": "dead"}
    columns["sex"] = {"from": "sex", "codes": {"F": "female", "M": "male"}}
    (folder / "cohorts").mkdir()
    cohorts = [f"c{number}" for number in range(COHORTS)]
    for cohort in cohorts:
        data = folder / "data" / cohort
        data.mkdir(parents=True)
        (data / "clinical.csv").write_text(clinical)
        (data / "counts.tsv").write_text(matrix)
        facts = {
            "folder": f"../data/{cohort}",
            "clinical": {"file": "clinical.csv", "patient": "id", "columns": columns},
            "assays": {"rna": {"kind": "rna_counts", "format": "matrix", "file": "counts.tsv"}},
        }
        (folder / "cohorts" / f"{cohort}.yaml").write_text(yaml.safe_dump(facts))
    contrast = {"column": "death_28d", "level": 1, "versus": 0, "adjust": ["age", "sex"]}
    analysis = {"assays": ["rna"], "contrasts": {"death": contrast}}
    study = {"study": "bench", "cohorts": cohorts, "analyses": {"main": analysis}}
    (folder / "study.yaml").write_text(yaml.safe_dump(study))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        write_study(Path(place))
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", CODE, "check", "--configfile", "study.yaml"],
            cwd=place, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        print(f"{COHORTS} cohorts\t{time.perf_counter() - start:.1f} s")
