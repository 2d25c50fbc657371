"""Raw reads: trimmed and quantified by the optional rules, against the truth they were made of."""

import gzip
import os
import shutil

import numpy as np
import pandas as pd
import pytest
import yaml

from immunosep_omics.assay import read_assay

pytestmark = pytest.mark.slow

SAMPLES = ("101", "s-2")
READ, FRAGMENT = 75, 180
COMPLEMENT = str.maketrans("ACGT", "TGCA")


def _transcripts(generator, count=30):
    return {
        f"ENST{number:04d}.{number % 5 + 1}": "".join(
            generator.choice(list("ACGT"), generator.integers(700, 1500))
        )
        for number in range(count)
    }


def _write_sample(folder, sample, transcripts, numbers, generator, paired):
    first, second = [], []
    for (name, sequence), number in zip(transcripts.items(), numbers, strict=True):
        for start in generator.integers(0, len(sequence) - FRAGMENT, number):
            fragment = sequence[start : start + FRAGMENT]
            record = f"@{name}:{len(first)}\n{{}}\n+\n{'I' * READ}\n"
            first.append(record.format(fragment[:READ]))
            second.append(record.format(fragment[::-1].translate(COMPLEMENT)[:READ]))
    order = generator.permutation(len(first))
    for mate, records in enumerate((first, second)[: 1 + paired], start=1):
        with gzip.open(folder / f"{sample}_R{mate}.fastq.gz", "wt", compresslevel=1) as file:
            file.writelines(records[place] for place in order)


def _study(folder, paired):
    """A study of one cohort of reads; the true counts of genes, samples in rows."""
    generator = np.random.default_rng([11, paired])
    data = folder / "data"
    data.mkdir()
    transcripts = _transcripts(generator)
    gene_of = [f"GENE{number // 2}" for number in range(len(transcripts))]
    with gzip.open(data / "transcripts.fa.gz", "wt") as file:
        file.writelines(f">{name} cdna\n{sequence}\n" for name, sequence in transcripts.items())
    pd.DataFrame({"tx": [name.partition(".")[0] for name in transcripts], "gene": gene_of}).to_csv(
        data / "tx.csv", index=False
    )
    truth = {}
    for sample in SAMPLES:
        numbers = generator.integers(0, 150, len(transcripts))
        _write_sample(data, sample, transcripts, numbers, generator, paired)
        truth[sample] = pd.Series(numbers).groupby(gene_of).sum()
    pd.DataFrame({"id": SAMPLES}).to_csv(data / "clinical.csv", index=False)
    assay = {
        "kind": "rna_counts", "format": "reads", "file": "*_R1.fastq.gz",
        "reference": "transcripts.fa.gz",
        "transcripts": {"file": "tx.csv", "id": "tx", "gene": "gene"},
    }  # fmt: skip
    if paired:
        assay["second"] = "*_R2.fastq.gz"
    facts = {
        "folder": "../data",
        "clinical": {"file": "clinical.csv", "patient": "id"},
        "assays": {"rna": assay},
    }
    (folder / "cohorts").mkdir()
    (folder / "cohorts" / "a.yaml").write_text(yaml.safe_dump(facts))
    study = {"study": "reads", "cohorts": ["a"], "analyses": {"main": {"assays": ["rna"]}}}
    (folder / "study.yaml").write_text(yaml.safe_dump(study))
    return pd.DataFrame(truth).T


@pytest.mark.parametrize("paired", [False, True], ids=["single", "paired"])
def test_counts_are_near_the_truth(tmp_path, run, paired):
    for program in ("salmon", "fastp"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    truth = _study(tmp_path, paired)
    arguments = ("--configfile", "study.yaml", "--cores", "2", "ingest")
    run(tmp_path, *arguments)
    made = read_assay(tmp_path / "results/assays/a/rna/raw.h5ad").to_df()
    made = made.loc[list(SAMPLES), truth.columns]
    np.testing.assert_array_equal(made, np.rint(made))
    # Reads at a transcript's ends map less well: a tenth at most is lost.
    assert (made.sum(axis=1) > 0.9 * truth.sum(axis=1)).all()
    assert (made.sum(axis=1) <= truth.sum(axis=1)).all()
    np.testing.assert_allclose(made, truth, rtol=0.1, atol=10)
    results = tmp_path / "results/reads/a"
    status = pd.read_csv(results / "rna.multiqc.tsv", sep="\t")
    assert status["answered"].tolist() == ["yes" if shutil.which("multiqc") else "no"]
    assert pd.read_csv(results / "rna.programs.tsv", sep="\t")["program"].tolist() == [
        "salmon", "fastp",
    ]  # fmt: skip
    assert not list(results.glob("rna/*/trimmed"))
    assert "Nothing to be done" in run(tmp_path, *arguments).stderr


def test_absent_programs_are_named_before_any_work(tmp_path, run, monkeypatch):
    _study(tmp_path, False)
    bare = tmp_path / "bin"
    bare.mkdir()
    for program in ("bash", "sh", "env", "uname", "git"):
        found = shutil.which(program)
        if found:
            (bare / program).symlink_to(found)
    monkeypatch.setenv("PATH", os.fspath(bare))
    done = run(tmp_path, "--configfile", "study.yaml", "--cores", "1", "ingest", check=False)
    assert done.returncode != 0
    for word in ("salmon", "fastp", "not installed", "apt install salmon", "bioconda"):
        assert word in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "results/reads/a/rna.index").exists()


def test_files_that_are_no_reads_are_named_together(tmp_path, run):
    _study(tmp_path, True)
    data = tmp_path / "data"
    (data / "s-2_R2.fastq.gz").unlink()
    (data / "101_R1.fastq.gz").write_text(">name\nACGT\n")
    (data / "tx.csv").write_text("tx,gene\nX1,A\n")
    done = run(tmp_path, "--configfile", "study.yaml", "--cores", "1", "ingest", check=False)
    assert done.returncode != 0
    for word in ("*_R2.fastq.gz (second)", "s-2", "101_R1.fastq.gz", "FASTA", "X1", "ENST0000.1"):
        assert word in done.stderr
    assert not (tmp_path / "results/reads/a/rna.index").exists()
