"""Transcript quantification by salmon, kallisto and RSEM."""

import csv
import gzip

import h5py
import numpy as np
import pytest

from immunosep_omics.ingest.readers.quantification import read
from immunosep_omics.settings.assays import Quantification
from immunosep_omics.settings.tables import FeatureTable

SALMON = """\
Name\tLength\tEffectiveLength\tTPM\tNumReads
T1\t1000\t800\t500000\t40.6
T2\t500\t300\t250000\t10.5
T3\t900\t700\t250000\t20.2
"""
TABLE = "tx,gene\nT1,A\nT2,A\nT3,B\n"
TRANSCRIPTS = FeatureTable(file="tx.csv", id="tx", gene="gene")


@pytest.fixture
def quantified(put):
    """Writes one file per sample and the table of transcripts, and reads them."""

    def make(texts, program="salmon", table=TABLE, rows=None, ending=".sf", **options):
        for sample, text in texts.items():
            folder = put(f"{sample}{ending}", text)
        if table is not None:
            put("tx.csv", table)
            options.setdefault("transcripts", TRANSCRIPTS)
        return read(Quantification(format=program, file=f"*{ending}", **options), folder, rows)

    return make


def steps(raw):
    return {note.step: note for note in raw.notes}


def test_a_table_without_headers(quantified, refused):
    bare = TABLE.partition("\n")[2]
    by_number = FeatureTable(file="tx.csv", header=0, id="1", gene="2")
    raw = quantified({"a": SALMON}, table=bare, transcripts=by_number)
    np.testing.assert_array_equal(raw.values, [[51, 20]])
    refused(lambda: quantified({"a": SALMON}, table=bare), "tx.csv (transcripts)", "no headers",
            "`header: 0`", '`id: "1"`')  # fmt: skip
    by_number = FeatureTable(file="tx.csv", header=0, id="1", gene="3")
    refused(lambda: quantified({"a": SALMON}, table=bare, transcripts=by_number),
            "transcripts.gene", "there is no column '3'")  # fmt: skip


def test_transcripts_are_summed_and_rounded(quantified):
    raw = quantified({"a": SALMON, "b": SALMON.replace("20.2", "0")})
    assert raw.values.index.tolist() == ["a", "b"]
    assert raw.features["identifier"].tolist() == ["A", "B"]
    np.testing.assert_array_equal(raw.values, [[51, 20], [51, 0]])
    assert steps(raw)["counts rounded"].amount == 3


def test_length_scaled_tpm_by_hand(quantified):
    raw = quantified({"a": SALMON}, counts="length_scaled_tpm")
    # Mean length of A: (500000 x 800 + 250000 x 300) / 750000; of B: 700.
    weights = np.array([750000 * (475e6 / 750000), 250000 * 700.0])
    np.testing.assert_array_equal(raw.values.iloc[0], np.rint(71.3 * weights / weights.sum()))


@pytest.mark.parametrize(
    ("names", "table"),
    [
        (("T1.3", "T2.1", "T3.12"), TABLE),
        (("T1", "T2", "T3"), "tx,gene\nT1.5,A\nT2.1,A\nT3.1,B\n"),
        (("T1|x|y|", "T2|x|y|", "T3|x|y|"), TABLE),
        (("T1.2|x", "T2.2|x", "T3.9|x"), TABLE),
        (("T1.2_PAR_Y", "T2.2", "T3.9"), TABLE),
    ],
)
def test_names_of_transcripts(quantified, names, table):
    text = SALMON
    for short, name in zip(("T1", "T2", "T3"), names, strict=True):
        text = text.replace(short, name)
    raw = quantified({"a": text}, table=table)
    np.testing.assert_array_equal(raw.values, [[51, 20]])
    assert steps(raw)["transcripts looked up"].amount == 3


def test_what_the_table_lacks_is_told_with_its_counts(quantified):
    raw = quantified({"a": SALMON}, table="tx,gene\nT1,A\nT2,\nT3,B\n")
    np.testing.assert_array_equal(raw.values, [[41, 20]])
    note = steps(raw)["transcripts not in the table"]
    assert note.amount == 1
    assert "14.73%" in note.reason and "T2" in note.reason


def test_a_transcript_of_two_genes_takes_the_first(quantified):
    raw = quantified({"a": SALMON}, table=TABLE + "T3,C\n")
    assert raw.features["identifier"].tolist() == ["A", "B"]
    assert steps(raw)["transcripts of several genes"].amount == 1


def test_another_reference_is_refused(quantified, refused):
    message = refused(lambda: quantified({"a": SALMON}, table="tx,gene\nX1,A\nX2,B\n"))
    assert all(name in message for name in ("T1, T2, T3", "X1, X2", "tx.csv (transcripts.id)"))
    other = SALMON.replace("T3", "T4")
    refused(lambda: quantified({"a": SALMON, "b": other}), "b.sf", "T3", "T4")


def test_headers_of_the_table(quantified, refused):
    refused(lambda: quantified({"a": SALMON}, table="TX,gene\nT1,A\n"), "transcripts.id",
            "no column 'tx'", "valid: TX")  # fmt: skip


def test_without_a_table(quantified, refused):
    refused(lambda: quantified({"a": SALMON}, table=None), "genes are not known", "transcripts:")
    named = SALMON.replace("T1", "ENST1.2|ENSG1.4|-|x|").replace("T2", "ENST2.2|ENSG1.4|-|y|")
    raw = quantified({"a": named.replace("T3", "ENST3.1|ENSG2.1|-|z|")}, table=None)
    assert raw.features["identifier"].tolist() == ["ENSG1.4", "ENSG2.1"]
    np.testing.assert_array_equal(raw.values, [[51, 20]])


def test_old_salmon(quantified):
    old = "# salmon (smem-based) v0.4.2\n# [ index ] => { x }\n# Name\tLength\tTPM\tNumReads\n"
    body = "T1\t1000\t500000\t40.6\nT2\t500\t250000\t10.5\nT3\t900\t250000\t20.2\n"
    raw = quantified({"a": old + body})
    np.testing.assert_array_equal(raw.values, [[51, 20]])


def test_files_of_genes(quantified, refused):
    text = SALMON.replace("T1", "A").replace("T2", "B").replace("T3", "C")
    raw = quantified({"a": text}, table=None, ending=".genes.sf")
    np.testing.assert_array_equal(raw.values, [[41, 10, 20]])
    refused(lambda: quantified({"a": text}, ending=".genes.sf"), "leave out `transcripts`")
    refused(
        lambda: quantified({"a": text}, table=None, ending=".genes.sf", counts="length_scaled_tpm"),
        "length-scaled counts need transcripts",
    )


KALLISTO = """\
target_id\tlength\teff_length\test_counts\ttpm
T1\t1000\t800\t40.6\t500000
T2\t500\t300\t10.5\t250000
T3\t900\t700\t20.2\t250000
"""


def test_kallisto(quantified):
    raw = quantified({"a": KALLISTO}, "kallisto", ending=".tsv")
    np.testing.assert_array_equal(raw.values, [[51, 20]])


def test_a_sample_without_reads_has_no_tpm(quantified):
    empty = "".join(
        line if line.startswith("target") else "\t".join([*line.split("\t")[:3], "0", "-nan\n"])
        for line in KALLISTO.splitlines(keepends=True)
    )
    texts = {"a": KALLISTO, "b": empty}
    raw = quantified(texts, "kallisto", ending=".tsv", counts="length_scaled_tpm")
    np.testing.assert_array_equal(raw.values.loc["b"], [0, 0])


def test_kallisto_h5_is_as_its_text(quantified, put, tmp_path):
    put("tx.csv", TABLE)
    lengths, counts = np.array([800.0, 300.0, 700.0]), np.array([40.6, 10.5, 20.2])
    rates = counts / lengths
    rows = [
        f"{name}\t0\t{length!r}\t{count!r}\t{tpm!r}"
        for name, length, count, tpm in zip(
            ("T1", "T2", "T3"), lengths.tolist(), counts.tolist(),
            (1e6 * rates / rates.sum()).tolist(), strict=True,
        )
    ]  # fmt: skip
    text = "target_id\tlength\teff_length\test_counts\ttpm\n" + "\n".join(rows) + "\n"
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["aux/ids"] = np.array([b"T1", b"T2", b"T3"])
        file["aux/eff_lengths"], file["est_counts"] = lengths, counts
    facts = Quantification(
        format="kallisto", file="*.h5", transcripts=TRANSCRIPTS, counts="length_scaled_tpm"
    )
    of_text = quantified({"a": text}, "kallisto", ending=".tsv", counts="length_scaled_tpm")
    np.testing.assert_array_equal(read(facts, tmp_path).values, of_text.values)


def test_a_broken_h5(put, refused):
    folder = put("a.h5", "no HDF5")
    facts = Quantification(format="kallisto", file="*.h5", transcripts=TRANSCRIPTS)
    refused(lambda: read(facts, folder), "a.h5", "abundance.tsv")


RSEM_GENES = """\
gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM
A\tT1,T2\t900.00\t700.00\t51.10\t750000\t1
B\tT3\t900.00\t700.00\t20.20\t250000\t1
"""
RSEM_ISOFORMS = """\
transcript_id\tgene_id\tlength\teffective_length\texpected_count\tTPM\tFPKM\tIsoPct
T1\tA\t1000\t800.00\t40.60\t500000\t1\t66.7
T2\tA\t500\t0.00\t10.50\t250000\t1\t33.3
T3\tB\t900\t700.00\t20.20\t250000\t1\t100
"""


def test_rsem_names_genes_itself(quantified):
    raw = quantified({"a": RSEM_GENES}, "rsem", table=None, ending=".genes.results")
    np.testing.assert_array_equal(raw.values, [[51, 20]])
    raw = quantified({"a": RSEM_ISOFORMS}, "rsem", table=None, ending=".isoforms.results")
    np.testing.assert_array_equal(raw.values, [[51, 20]])
    assert raw.features["gene"].isna().all()


def test_rsem_names_with_symbols(quantified):
    text = RSEM_GENES.replace("\nA\t", "\nENSG00000141510.18_TP53\t")
    raw = quantified({"a": text}, "rsem", table=None, ending=".genes.results")
    assert raw.features["gene"].tolist()[0] == "ENSG00000141510.18"


def test_a_file_of_another_program(quantified, refused):
    refused(lambda: quantified({"a": KALLISTO}), "a.sf:1", "kallisto", "`format: kallisto`")
    refused(lambda: quantified({"a": SALMON}, program="kallisto"), "salmon", "`format: salmon`")
    other = SALMON.replace("Name", "id")
    refused(lambda: quantified({"a": other}), "a.sf:1", "no column 'Name'", "quant.sf")


def test_files_of_genes_by_their_names(quantified):
    text = SALMON
    for place, short in enumerate(("T1", "T2", "T3")):
        text = text.replace(short, f"ENSG0000000000{place}")
    np.testing.assert_array_equal(quantified({"a": text}, table=None).values, [[41, 10, 20]])


def test_first_rows_only(quantified):
    texts = dict.fromkeys("abcd", SALMON)
    raw = quantified(texts, table="tx,gene\nX1,A\n", rows=3)
    assert raw.values.shape == (3, 0)
    raw = quantified(texts, rows=3)
    np.testing.assert_array_equal(raw.values, [[51]] * 3)


def rows_of(path):
    with gzip.open(path, "rt") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def by_hand(data, path, name, count):
    """Sums of counts by gene, by another route."""
    with gzip.open(data / "tximportData" / "tx2gene.csv.gz", "rt") as file:
        gene_of = {row["TXNAME"]: row["GENEID"] for row in csv.DictReader(file)}
    sums = {}
    for row in rows_of(path):
        gene = gene_of.get(row[name])
        if gene is not None:
            sums[gene] = sums.get(gene, 0.0) + float(row[count])
    return sums


@pytest.mark.parametrize(
    ("program", "file", "name", "count"),
    [
        ("salmon", "quant.sf.gz", "Name", "NumReads"),
        ("kallisto", "abundance.tsv.gz", "target_id", "est_counts"),
    ],
)
def test_real_transcripts(shared_data, program, file, name, count):
    data = shared_data / "formats"
    facts = Quantification(
        format=program, file=f"{program}/*/{file}",
        transcripts=FeatureTable(file="tximportData/tx2gene.csv.gz", id="TXNAME", gene="GENEID"),
    )  # fmt: skip
    raw = read(facts, data)
    assert raw.values.index.tolist() == ["ERR188021", "ERR188297"]
    for sample in raw.values.index:
        sums = by_hand(data, data / program / sample / file, name, count)
        assert len(sums) == raw.values.shape[1]
        expected = [round(sums[gene]) for gene in raw.values.columns]
        np.testing.assert_allclose(raw.values.loc[sample], expected, atol=1)
        assert abs(raw.values.loc[sample].sum() - sum(sums.values())) < 5000


def test_real_rsem(shared_data):
    folder = shared_data / "formats" / "rsem"
    raw = read(Quantification(format="rsem", file="*/ERR188021.genes.results.gz"), folder)
    rows = rows_of(folder / "ERR188021" / "ERR188021.genes.results.gz")
    assert raw.values.shape == (1, len(rows))
    assert raw.values["A1BG"].tolist() == [55]
    assert raw.values["C4B_2"].tolist() == [21]


def test_a_misspelt_header_is_no_table_without_one(quantified, refused):
    stated = FeatureTable(file="tx.csv", id="txid", gene="gene")
    refused(
        lambda: quantified({"a": SALMON}, transcripts=stated),
        "transcripts.id", "no column 'txid'", "did you mean 'tx'?",
    )  # fmt: skip


def test_a_table_that_lacks_most_of_the_counts(quantified, refused):
    table = "tx,gene\nT2,A\nT3,B\n"
    refused(lambda: quantified({"a": SALMON}, table=table), "57%", "1 transcripts", "T1", "release")
    assert quantified({"a": SALMON}, table=table, rows=3).values.shape == (1, 1)


def test_an_annotation_is_no_table_of_transcripts(quantified, put, refused):
    put("genes.gtf.gz", 'chr1\tx\ttranscript\t1\t2\t.\t+\t.\tgene_id "A";\n')
    stated = FeatureTable(file="genes.gtf.gz", id="tx", gene="gene")
    refused(lambda: quantified({"a": SALMON}, transcripts=stated), "genes.gtf.gz", "GTF", "tx2gene")


def test_rsem_before_it_expected_counts(quantified):
    text = "gene_id\traw_count\tscaled_estimate\ttranscript_id\nTNF|7124\t3.60\t0.1\tuc1\n"
    raw = quantified({"a": text}, program="rsem", table=None, ending=".genes.results")
    assert raw.features["identifier"].tolist() == ["TNF|7124"]
    assert raw.values.iloc[0, 0] == 4
