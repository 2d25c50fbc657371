"""What tools and hands change in names."""

import pytest

from immunosep_omics.ingest.name_likeness import lanes, like, what_differs


@pytest.mark.parametrize(
    ("name", "known", "difference"),
    [
        ("p1_D0", "P1_d0", "upper and lower case"), ("p 1", "p1", "spaces"),
        ("001", "1", "leading zeros"), ("S07", "S7", "leading zeros"),
        ("p-1.2", "p_1_2", "'-', '_' and '.'"), ("X12.3", "12-3", "that R writes"),
        ("runs/s1_x.bam", "s1_x", "ending of a file"), ("7.0", "7", "spreadsheet's number"),
        ("RACE-91", "91", "letters before the number"),
        ("S1Aligned.sortedByCoord.out", "S1", "ending of a file"),
        ("/data/S1.markdup.sorted.bam", "S1", "ending of a file"),
        ("S1_Aligned.out", "S1", "ending of a file"),
        ("P7_S12_L001_R1_001", "P7", "what the sequencer adds"),
        ("a-1-B", "A_1_b", "upper and lower case and '-', '_' and '.'"),
    ],
)  # fmt: skip
def test_names_that_mean_the_same(name, known, difference):
    found = like(name, [known, "other77"])
    assert found is not None
    assert found[0] == known
    assert difference in found[1]


def test_names_that_do_not():
    assert like("p1", ["p2", "p3"]) is None
    assert like("a-1", ["a.1", "a_1"]) is None


def test_difference_between_lists():
    assert what_differs(["X1.a", "X2.a", "pool"], ["1-a", "2-a", "3-a"]).startswith("the X")
    assert what_differs(["a", "b"], ["c", "d"]) == ""
    assert what_differs(["01", "02"], ["1", "2", ""]) == "leading zeros"


def test_lanes_of_one_library():
    names = ["A_S1_L001", "A_S1_L002_R1_001", "B_L001", "C"]
    assert lanes(names) == ["A_S1_L001", "A_S1_L002_R1_001"]
    assert lanes(["A_L001", "B_L001"]) == []
