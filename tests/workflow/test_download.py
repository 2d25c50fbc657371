"""A cohort by accession, from a server on this machine to its ingested assay."""

import functools
import gzip
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import yaml

from immunosep_omics.assay import read_assay
from immunosep_omics.tables import read_table

pytestmark = pytest.mark.slow


def _put(folder, path, text):
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_bytes(gzip.compress(text.encode()))


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A mirror of GEO with one series and one platform."""
    values = np.random.default_rng(0).normal(8, 2, (60, 12)).round(3)
    names = [f"GSM{n}" for n in range(12)]
    quoted = "\t".join(f'"{name}"' for name in names)
    ages = "\t".join(f'"age: {50 + n}"' for n in range(12))
    rows = "\n".join(f'"p{n}"\t' + "\t".join(map(str, row)) for n, row in enumerate(values))
    genes = "\n".join(f"p{n}\tx\tGENE{n}" for n in range(60))
    _put(
        tmp_path / "geo", "series/GSEnnn/GSE12/matrix/GSE12_series_matrix.txt.gz",
        f'!Series_title\t"x"\n!Sample_geo_accession\t{quoted}\n!Sample_characteristics_ch1\t{ages}\n'
        f'!series_matrix_table_begin\n"ID_REF"\t{quoted}\n{rows}\n!series_matrix_table_end\n',
    )  # fmt: skip
    _put(
        tmp_path / "geo", "platforms/GPLnnn/GPL9/annot/GPL9.annot.gz",
        "^Annotation\n!platform_table_begin\nID\tGene title\tGene symbol\n"
        f"{genes}\n!platform_table_end\n",
    )  # fmt: skip
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "geo"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("IMMUNOSEP_GEO_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("IMMUNOSEP_CACHE", str(tmp_path / "cache"))
    yield server
    server.shutdown()
    server.server_close()


def test_by_accession(mirror, run, tmp_path):
    facts = {
        "clinical": {
            "patient": "geo_accession", "columns": {"age": {"from": "age", "unit": "years"}},
        },
        "assays": {"rna": {"format": "geo_series_matrix", "features": {"geo": "GPL9"}}},
        "source": {"geo": "GSE12"},
    }  # fmt: skip
    study = {"study": "s", "cohorts": ["a"], "analyses": {"main": {"assays": ["rna"]}}}
    (tmp_path / "cohorts").mkdir()
    (tmp_path / "cohorts/a.yaml").write_text(yaml.safe_dump(facts))
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(study))
    run(tmp_path, "ingest", "--cores", "2", "--configfile", "study.yaml")
    made = read_assay(tmp_path / "results/assays/a/rna/raw.h5ad")
    assert made.shape == (12, 60)
    assert set(made.var_names) == {f"GENE{n}" for n in range(60)}
    clinical = read_table(tmp_path / "results/cohorts/a/clinical.tsv")
    assert clinical["age"].tolist() == [50 + n for n in range(12)]
    mirror.shutdown()
    again = run(tmp_path, "ingest", "-n", "--cores", "1", "--configfile", "study.yaml")
    assert "Nothing to be done" in again.stdout + again.stderr
