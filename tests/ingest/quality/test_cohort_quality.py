"""Flags of a cohort: sex, duplicates, swaps, drift, features, MultiQC."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.ingest.quality import sample_quality
from immunosep_omics.ingest.quality.drift import drift_table
from immunosep_omics.ingest.quality.duplicates import duplicates, duplicates_between
from immunosep_omics.ingest.quality.features import feature_quality
from immunosep_omics.ingest.quality.flags import Measured, cohort_flags
from immunosep_omics.ingest.quality.multiqc import multiqc_table
from immunosep_omics.ingest.quality.sex import sex_conflict, sex_expressed
from immunosep_omics.ingest.quality.swaps import mixed_up
from immunosep_omics.ingest.readers.olink_long import read
from immunosep_omics.settings.assays import OlinkLong

SAMPLES = [f"s{n:02d}" for n in range(40)]


def table(x, genes=None):
    names = [f"G{n}" for n in range(x.shape[1])] if genes is None else genes
    return pd.DataFrame(np.asarray(x, dtype=float), index=SAMPLES[: len(x)], columns=names)


def patients(values):
    return pd.Series([f"p{name}" for name in values.index], index=values.index)


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def sexed(rng, samples=20, males=9, scale="counts"):
    """XIST in the females, two Y genes in the males, among 300 other genes."""
    male = np.arange(samples) < males
    other = rng.negative_binomial(5, 0.001, (samples, 300))
    own = rng.poisson(np.where(male[:, None], [1, 90, 60], [400, 0.2, 0.2]))
    x = np.hstack([other, own]).astype(float)
    genes = [*(f"G{n}" for n in range(300)), "XIST", "RPS4Y1", "DDX3Y"]
    return table(x if scale == "counts" else 5 + np.log2(x + 8), genes), male


@pytest.mark.parametrize("scale", ["counts", "log2"])
def test_sex_is_told_on_both_scales(rng, scale):
    values, male = sexed(rng, scale=scale)
    found = sex_expressed(values, scale, "expression")
    np.testing.assert_array_equal(found, np.where(male, "male", "female"))
    assert sex_expressed(values.drop(columns="XIST"), scale, "expression").tolist() == list(found)
    assert set(sex_expressed(values, scale, "ms_proteins")) == {None}


def test_one_sex_or_other_genes_say_nothing(rng):
    values, male = sexed(rng, samples=30, males=15)
    assert set(sex_expressed(values[male], "counts", "rna_counts")) == {None}
    assert set(sex_expressed(values.iloc[:, :300], "counts", "rna_counts")) == {None}


def test_a_sample_between_the_sexes_is_left_open(rng):
    values, _ = sexed(rng)
    values.iloc[4, -3:] = [40, 10, 8]
    assert sex_expressed(values, "counts", "rna_counts")[4] is None


def test_sex_conflict_by_hand():
    expressed = np.array(["male", "male", None, "female"], dtype=object)
    stated = pd.Series(["F", "Male", "male", np.nan], dtype=object)
    assert sex_conflict(expressed, stated).tolist() == ["yes", "no", None, None]
    assert sex_conflict(expressed, None).tolist() == [None] * 4


def test_sex_conflicts_are_flagged_with_the_sample(rng):
    values, male = sexed(rng)
    clinical = pd.DataFrame({"sex": np.where(male, "male", "female")}, index=values.index)
    clinical.loc["s03", "sex"] = "female"
    quality = sample_quality(values, "counts", pd.DataFrame(), "rna_counts", clinical)
    flags = cohort_flags("c", {"rna": Measured(values, "counts", quality, patients(values))})
    assert flags.loc[flags["flag"] == "sex_conflict", "sample"].tolist() == ["s03"]
    assert "most samples" not in " ".join(flags["reason"])
    clinical["sex"] = np.where(male, "female", "male")
    quality = sample_quality(values, "counts", pd.DataFrame(), "rna_counts", clinical)
    flags = cohort_flags("c", {"rna": Measured(values, "counts", quality, patients(values))})
    assert flags["reason"].str.contains("wrong way round").sum() == len(values)


def test_globin_and_small_libraries(rng):
    x = rng.negative_binomial(5, 0.02, (12, 1200)).astype(float)
    x[:, 0] = 10
    x[2, 0] = x[2].sum()
    x[5] = np.rint(x[5] / 500)
    x[:, 1] = 0.25 * x.sum(axis=1)
    genes = ["HBB", "MT-CO1", *(f"G{n}" for n in range(1198))]
    quality = sample_quality(table(x, genes), "counts", pd.DataFrame(), "rna_counts")
    assert quality["globin_share"].iloc[2] == pytest.approx(x[2, 0] / x[2].sum())
    assert quality["mitochondrial_share"].iloc[0] == pytest.approx(x[0, 1] / x[0].sum())
    assert "library size" in quality["outlier_by"].iloc[5]
    assert "detected features" in quality["outlier_by"].iloc[5]
    flags = cohort_flags("c", {"rna": Measured(table(x, genes), "counts", quality,
                                               patients(table(x)))})  # fmt: skip
    assert flags.loc[flags["flag"] == "globin", "sample"].tolist() == ["s02"]


def test_much_missing_is_an_outlier(rng):
    x = rng.normal(20, 2, (20, 200))
    x[rng.random(x.shape) < 0.1] = np.nan
    x[3, 60:] = np.nan
    quality = sample_quality(table(x), "log2", pd.DataFrame(), "ms_proteins")
    assert "missing values" in quality["outlier_by"].iloc[3]
    assert quality["outlier_by"].drop(3).isna().all()


def blood(rng, samples=40, genes=300):
    """Patients who differ along three directions, and a little in each gene."""
    common = rng.normal(size=(samples, 3)) @ rng.normal(size=(3, genes))
    return rng.uniform(4, 12, genes) + 0.6 * common + rng.normal(0, 0.6, (samples, genes))


def test_different_patients_are_no_duplicates(rng):
    for genes in (25, 80, 300):
        values = table(blood(rng, genes=genes))
        assert duplicates(values, "log2", patients(values)) == []


def test_near_duplicates_are_found_and_repeats_of_a_patient_are_not(rng):
    x = blood(rng)
    x[7] = x[31] + rng.normal(0, 0.15, 300)
    values = table(x)
    found = duplicates(values, "log2", patients(values))
    assert [(p.first, p.second, p.identical) for p in found] == [(7, 31, False)]
    who = patients(values)
    who["s31"] = who["s07"]
    assert duplicates(values, "log2", who) == []
    values.loc["s31"] = values.loc["s07"]
    assert [(p.first, p.second, p.identical) for p in duplicates(values, "log2", who)] == [
        (7, 31, True)
    ]


def test_both_patients_of_a_duplicate_are_flagged_and_the_later_of_one_patient(rng):
    x = blood(rng)
    x[31] = x[7]
    values = table(x)
    quality = sample_quality(values, "log2", pd.DataFrame())
    who = patients(values)
    flags = cohort_flags("c", {"rna": Measured(values, "log2", quality, who)})
    assert flags[["sample", "other_sample"]].to_numpy().tolist() == [["s07", "s31"], ["s31", "s07"]]
    who["s31"] = who["s07"]
    flags = cohort_flags("c", {"rna": Measured(values, "log2", quality, who)})
    assert flags["sample"].tolist() == ["s31"]


def test_duplicates_between_cohorts_on_other_scales(rng):
    x = blood(rng, samples=60)
    first, second = table(x[:30]), table(np.exp2(x[30:]) + 3)
    assert duplicates_between(first, second) == []
    second.iloc[4] = np.exp2(first.iloc[9] + rng.normal(0, 0.1, 300)) + 3
    assert [(p.first, p.second) for p in duplicates_between(first, second)] == [(9, 4)]


def linked(rng, samples=40, genes=120, r=0.55):
    shared = rng.normal(size=(samples, genes))
    other = r * shared + np.sqrt(1 - r**2) * rng.normal(size=(samples, genes))
    return table(8 + shared), table(other)


def test_a_planted_swap_is_named_and_no_other(rng):
    for seed in range(10):
        first, second = linked(np.random.default_rng(seed))
        assert mixed_up(first, second) == []
        order = list(range(40))
        order[5], order[22] = 22, 5
        found = mixed_up(first, second.iloc[order].set_axis(second.index))
        assert [group.rows for group in found] == [(5, 22)]
        assert found[0].value > found[0].threshold


def test_three_samples_moved_round(rng):
    first, second = linked(rng)
    order = list(range(40))
    order[1], order[2], order[3] = 2, 3, 1
    found = mixed_up(first, second.iloc[order].set_axis(second.index))
    assert [sorted(group.rows) for group in found] == [[1, 2, 3]]


def test_unlinked_assays_and_too_few_genes_give_no_swap(rng):
    for seed in range(20):
        first, second = linked(np.random.default_rng(seed), r=0.0)
        assert not mixed_up(first, second)
    assert mixed_up(first.iloc[:, :5], second) is None


def test_directions_that_assays_share_without_their_genes_name_a_swap():
    """Ten unlinked genes, and thirty proteins that three axes of the other assay's genes lead."""
    named = 0
    for seed in range(5):
        rng = np.random.default_rng(seed)
        axes = rng.normal(size=(40, 3)) * 2
        first = table(axes @ rng.normal(size=(3, 300)) + rng.normal(size=(40, 300)))
        names = [*(f"G{n}" for n in range(10)), *(f"P{n}" for n in range(30))]
        second = table(axes @ rng.normal(size=(3, 40)) + 0.3 * rng.normal(size=(40, 40)), names)
        assert not mixed_up(first, second)
        one, other = int(axes[:, 0].argmin()), int(axes[:, 0].argmax())
        order = list(range(40))
        order[one], order[other] = other, one
        for pair in ((first, second), (second, first)):
            found = mixed_up(pair[0], pair[1].iloc[order].set_axis(pair[1].index))
            assert all(set(group.rows) == {one, other} for group in found)
            named += len(found)
    assert named >= 6


def test_a_third_assay_tells_where_the_mix_up_is(rng):
    first, second = linked(rng, r=0.7)
    _, third = linked(rng)
    third = second + rng.normal(0, 0.5, third.shape)
    order = list(range(40))
    order[5], order[22] = 22, 5
    rna = first.iloc[order].set_axis(first.index)
    assays = {
        name: Measured(v, "log2", sample_quality(v, "log2", pd.DataFrame()), patients(v))
        for name, v in {"rna": rna, "olink": second, "proteome": third}.items()
    }
    swaps = cohort_flags("c", assays).query("flag == 'swap'")
    assert set(swaps["assay"]) == {"rna"}
    assert set(zip(swaps["sample"], swaps["other_sample"], strict=True)) == {
        ("s05", "s22"), ("s22", "s05"),
    }  # fmt: skip


def test_plate_and_run_order_drift(rng):
    x = blood(rng)
    plain = pd.DataFrame({
        "plate": ["A", "B"] * 20, "run_order": rng.permutation(40) * 1.0, "missing_share": 0.0,
    })  # fmt: skip
    assert "yes" not in set(drift_table(table(x), "log2", plain)["drift"])
    plates = np.arange(40) % 2
    found = drift_table(table(x + 3 * plates[:, None] * rng.normal(size=300)), "log2", plain)
    assert set(found.loc[found["drift"] == "yes", "by"]) == {"plate"}
    moved = x + plain["run_order"].to_numpy()[:, None] / 10 * rng.normal(size=300)
    found = drift_table(table(moved), "log2", plain)
    assert "run order" in set(found.loc[found["drift"] == "yes", "by"])


def test_no_plates_no_rows(rng):
    quality = sample_quality(table(blood(rng)), "log2", pd.DataFrame())
    assert drift_table(table(blood(rng)), "log2", quality).empty


def test_features_by_hand():
    x = np.tile([[1.0, 5, np.nan], [2, 5, 4]], (5, 1))
    x[0, 1] = 50
    var = pd.DataFrame({"feature": ["a", "b", "c"], "below_lod": [0.5, np.nan, 1]})
    found = feature_quality(table(x), var, "npx")
    assert found["detected_share"].tolist() == [1, 1, 0.5]
    assert found["mean"].tolist() == [1.5, 9.5, 4]
    assert found["below_lod_share"].tolist()[::2] == [0.5, 1]
    assert found["outlier"].tolist() == ["no", "yes", "no"]


LIMITS = {
    # On plate A the limit is 1, on plate B 5; the median of both would put none or all below it.
    "olink_npx": ("SampleID,Assay,PlateID,LOD,NPX\n"
                  "s00,TNF,A,1,2\ns01,TNF,A,1,0.5\ns02,TNF,B,5,4\ns03,TNF,B,5,6\n", 0.5),
    "cytokines": ("SampleID,Assay,PlateID,Unit,Quantified_value\n"
                  "s00,TNF,A,pg/mL,< LLOQ\ns01,TNF,A,pg/mL,2\ns02,TNF,B,pg/mL,< LLOQ\n"
                  "s03,TNF,B,pg/mL,< LLOQ\n", 0.75),
}  # fmt: skip


@pytest.mark.parametrize("kind", LIMITS)
def test_shares_below_limits_are_those_of_samples_and_features_alike(put, kind):
    text, expected = LIMITS[kind]
    raw = read(OlinkLong(kind=kind, file="n.csv"), put("n.csv", text))
    var = raw.features.rename(columns={"identifier": "feature"})
    found = feature_quality(raw.values, var, "npx" if kind == "olink_npx" else "linear")
    assert found["below_lod_share"].tolist() == [expected]
    assert raw.samples["below_lod"].mean() == expected


MULTIQC = (
    "Sample\tFastQC_mqc-generalstats-fastqc-percent_duplicates\tSTAR-uniquely mapped %\n"
    "s00_R1\t10\t90%\ns00_R2\t20\t\nrun7\t40\t80\nother\t1\t1\n"
)


def test_multiqc_is_joined_by_either_name(put):
    folder = put("multiqc_general_stats.txt", MULTIQC)
    samples = pd.Index(["s00", "s01", "s02"])
    names = pd.DataFrame({"rna": ["x", "run7", np.nan]}, index=samples)
    found = multiqc_table(folder / "multiqc_general_stats.txt", samples, names)
    assert found.columns.tolist() == ["sample", "fastqc_percent_duplicates", "star_uniquely_mapped"]
    assert found["fastqc_percent_duplicates"].tolist()[:2] == [15, 40]
    assert found["star_uniquely_mapped"].tolist()[:2] == [90, 80]
    assert found.iloc[2, 1:].isna().all()


@pytest.mark.parametrize(
    "name",
    [
        "s_1", "s_1_R1", "s_1_1", "s_1_S3_L001_R2_001", "s_1.bam", "s_1.markdup.sorted.bam",
        "s_1_1_val_1", "s_1Aligned.sortedByCoord.out", "s_1.Aligned.out", "s_1 Read 1",
        "fastqc | raw | s_1_R2", "run/s_1_trimmed.fastq.gz", "s_1_1.fastp",
    ],
)  # fmt: skip
def test_multiqc_names_lose_one_ending_at_a_time(put, name):
    path = put("m.txt", f"Sample\tfastqc-percent_gc\n{name}\t50.5\ns_2_1\t40\n") / "m.txt"
    found = multiqc_table(path, pd.Index(["s_1", "s_2"]), pd.DataFrame())
    assert found["fastqc_percent_gc"].tolist() == [50.5, 40]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("FastQC_mqc-generalstats-fastqc-percent_gc", "fastqc_percent_gc"),
        ("FastQC (raw)_mqc-generalstats-fastqc_raw-percent_gc", "fastqc_raw_percent_gc"),
        ("fastqc-percent_gc", "fastqc_percent_gc"),
        ("FastQC (raw)-percent_gc", "fastqc_raw_percent_gc"),
    ],
)
def test_multiqc_headers_of_old_and_new_versions(put, header, column):
    path = put("m.txt", f"Sample\t{header}\ns00\t50.5\n") / "m.txt"
    found = multiqc_table(path, pd.Index(["s00"]), pd.DataFrame())
    assert found.columns.tolist() == ["sample", column]


def test_multiqc_thousands_texts_and_repeated_headers(put):
    text = ("Sample\tstar-reads\tfastqc-gc\tfastqc-gc\tstatus\n"
            's00\t"1,234,567"\t40\t41\tpass\ns01\t1e6\tNA\t42\tfail 2x\n')  # fmt: skip
    found = multiqc_table(put("m.txt", text) / "m.txt", pd.Index(["s00", "s01"]), pd.DataFrame())
    assert found.columns.tolist() == ["sample", "star_reads", "fastqc_gc", "fastqc_gc_2"]
    assert found["star_reads"].tolist() == [1234567, 1e6]
    assert found["fastqc_gc"].tolist()[:1] == [40]
    assert found["fastqc_gc_2"].tolist() == [41, 42]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Sample\tx\ns00\t1,23\ns00\t4\n", ("row 2, column 'x'", "groups of three")),
        ("Sample\tx\ns00\t4\ns00\t12.5 M\n", ("row 3, column 'x'", "followed by a unit")),
        ("Sample\tx\ns00\t4\ns00\tinf\n", ("row 3, column 'x'", "infinite")),
        ("a,b\n1,2\n", ("row 1", "multiqc_general_stats.txt")),
        ("Sample\tx\nzz\t1\n", ("none of its samples",)),
    ],
)
def test_multiqc_of_others_is_refused(put, refused, text, words):
    path = put("m.txt", text) / "m.txt"
    refused(lambda: multiqc_table(path, pd.Index(["s00"]), pd.DataFrame()), "m.txt", *words)
