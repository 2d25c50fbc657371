"""Files of one sample each, and the path that names them all."""

import pytest

from immunosep_omics.ingest.draft.patterns import mates, pattern, root_of


@pytest.fixture
def found(tmp_path):
    """The pattern of files that are written first; `beside` are other files there."""

    def call(*names, known=(), beside=()):
        for name in (*names, *beside):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return pattern([tmp_path / name for name in names], tmp_path, set(known))

    return call


CASES = [
    (("S1.counts.txt", "S2.counts.txt"), "*.counts.txt"),
    (("S10.counts", "S20.counts"), "*.counts"),
    (("salmon/S1/quant.sf", "salmon/S2/quant.sf"), "salmon/*/quant.sf"),
    (("P_101_biotype_counts.txt", "P_102_biotype_counts.txt"), "*_biotype_counts.txt"),
    (("star/A/A_ReadsPerGene.out.tab", "star/B/B_ReadsPerGene.out.tab"),
     "star/*/*_ReadsPerGene.out.tab"),
    (("E1ReadsPerGene.out.tab", "E2ReadsPerGene.out.tab"), "*ReadsPerGene.out.tab"),
    (("A.genes.results", "B.genes.results"), "*.genes.results"),
    (("GSM1_a_matrix.mtx.gz", "GSM2_b_matrix.mtx.gz"), "*_matrix.mtx.gz"),
    (("S1/outs/filtered_feature_bc_matrix.h5", "S2/outs/filtered_feature_bc_matrix.h5"),
     "*/outs/filtered_feature_bc_matrix.h5"),
    (("été 1/quant.sf", "été 2/quant.sf"), "*/quant.sf"),
    (("S1/quant.sf",), "*/quant.sf"),
    (("u1.rna_seq.augmented_star_gene_counts.tsv",), "*.rna_seq.augmented_star_gene_counts.tsv"),
    (("S1.genes.results.gz",), "*.genes.results.gz"),
    (("S1_S1_L001_R1_001.fastq.gz",), "*_R1_001.fastq.gz"),
]  # fmt: skip


@pytest.mark.parametrize(("names", "expected"), CASES)
def test_the_mark_stands_for_the_whole_name(found, names, expected):
    assert found(*names) == expected


def test_names_that_are_known_decide_where_the_mark_stands(found):
    assert found("GSM1_A.txt", "GSM1_B.txt", known=["A", "B"]) == "GSM1_*.txt"


def test_a_pattern_that_names_other_files_as_well_is_the_last_choice(found):
    names = ("A_counts.txt", "B_counts.txt")
    assert found(*names, beside=["notes.txt"]) == "*_counts.txt"


def test_files_without_a_place_in_common_have_no_pattern(found):
    assert found("a/x/quant.sf", "b/quant.sf") is None


def test_the_folder_of_a_single_sample_is_above_its_own(tmp_path):
    assert root_of([tmp_path / "S1/quant.sf"]) == tmp_path
    assert root_of([tmp_path / "S1/outs/filtered_feature_bc_matrix.h5"]) == tmp_path
    assert root_of([tmp_path / "S1.genes.results"]) == tmp_path


def test_mates_are_told_by_their_names(tmp_path):
    names = ["A_R1.fastq.gz", "A_R2.fastq.gz", "B_1.fq", "B_2.fq"]
    first, second = mates([tmp_path / name for name in names])
    assert [path.name for path in first] == ["A_R1.fastq.gz", "B_1.fq"]
    assert [path.name for path in second] == ["A_R2.fastq.gz", "B_2.fq"]
