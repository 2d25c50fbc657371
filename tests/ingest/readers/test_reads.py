"""Raw reads, as they are seen before any long work."""

from immunosep_omics.ingest.readers.reads import read
from immunosep_omics.settings.assays import Reads
from immunosep_omics.settings.tables import FeatureTable

FACTS = Reads(
    file="*.fq", reference="ref.fa",
    transcripts=FeatureTable(file="tx.csv", id="tx", gene="gene"),
)  # fmt: skip


def test_samples_and_genes(put, refused):
    for sample in ("a", "b"):
        put(f"{sample}.fq", "@r\nACGT\n+\nIIII\n")
    put("ref.fa", ">T1.1\nAC\n>T2\nGT\n>T3\nGT\n")
    folder = put("tx.csv", "tx,gene\nT1,A\nT2,B\nT3,A\n")
    raw = read(FACTS, folder, rows=5)
    assert raw.values.index.tolist() == ["a", "b"]
    assert raw.features["identifier"].tolist() == ["A", "B"]
    refused(lambda: read(FACTS, folder), "reads, not counts", "workflow")
