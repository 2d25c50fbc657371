"""Drafts of files of metabolites and of Olink's quantified values."""

import pytest

from immunosep_omics.ingest.draft import draft_cohort

SHEET = "SampleID,Age,Sex\n" + "".join(f"s{n},{40 + n},{'FM'[n % 2]}\n" for n in range(1, 4))


def metabolon(label="CLIENT_IDENTIFIER", value=lambda n, m: n * m * 1500.5):
    return [
        ["", "", "", label, "s1", "s2", "s3"],
        ["", "", "", "GROUP_NAME", "sepsis", "sepsis", "healthy"],
        ["BIOCHEMICAL", "SUPER_PATHWAY", "COMP_ID", "HMDB", "", "", ""],
        *([f"metabolite {n}", "Lipid", 100 + n, "", *(value(n, m) for m in range(1, 4))]
          for n in range(1, 9)),
    ]  # fmt: skip


def text(rows, mark="\t"):
    return "\n".join(mark.join(map(str, row)) for row in rows) + "\n"


@pytest.mark.parametrize("label", ["CLIENT_IDENTIFIER", "CLIENT_SAMPLE_ID"])
def test_a_table_of_metabolon_is_known_as_such(put, facts, label):
    put("c.csv", SHEET)
    put("m.tsv", text(metabolon(label)))
    found, remarks = facts("c.csv", "m.tsv")
    assay = found["assays"]["metabolites"]
    assert (assay["kind"], assay["format"]) == ("metabolites", "metabolon")
    assert assay.get("sample_names", "CLIENT_IDENTIFIER") == label
    assert not [line for line in remarks if "the check will say" in line]


def test_of_metabolons_sheets_the_one_that_is_not_imputed_is_proposed(put, put_sheets, facts):
    put("c.csv", SHEET)
    put_sheets("m.xlsx", About=[["x"]], ScaledImp=metabolon(value=lambda n, m: n / m / 3),
               OrigScale=metabolon())  # fmt: skip
    found, remarks = facts("c.csv", "m.xlsx")
    assert found["assays"]["metabolites"]["sheet"] == "OrigScale"
    assert any("one of OrigScale, ScaledImp" in line for line in remarks)
    assert not [line for line in remarks if "the check will say" in line]


@pytest.mark.parametrize(
    ("sheet", "scale"), [("Log Transformed Data", "ln"), ("Logs", "log2")]
)  # fmt: skip
@pytest.mark.parametrize("turned", [False, True])
def test_metabolons_logarithms_are_natural(put, put_sheets, facts, sheet, scale, turned):
    put("c.csv", SHEET)
    rows = metabolon(value=lambda n, m: (n * 7 % 5 - 2.5) / m)
    if turned:
        rows = [["PARENT_SAMPLE_NAME", *range(100, 112)],
                *([f"s{n}", *((n * m) % 7 / 2 - 1.5 for m in range(12))]
                  for n in range(1, 4))]  # fmt: skip
    put_sheets("m.xlsx", **{sheet: rows})
    found, remarks = facts("c.csv", "m.xlsx")
    assert found["assays"]["metabolites"]["scale"] == scale
    assert any("confirm that" in line and scale in line for line in remarks)


def test_metabolons_present_delivery_names_samples_and_metabolites_in_other_sheets(
    put, put_sheets, facts
):
    put("c.csv", SHEET)
    runs = [f"UM-{n}" for n in range(1, 4)]
    values = [
        ["PARENT_SAMPLE_NAME", *range(100, 112)],
        *([run, *(n * 1000.5 + m for m in range(12))] for n, run in enumerate(runs)),
    ]
    put_sheets(
        "m.xlsx",
        Annotation=[["CHEM_ID", "CHEMICAL_NAME", "SUPER_PATHWAY"],
                    *([100 + n, f"metabolite {n}", "Lipid"] for n in range(12))],
        Samples=[["PARENT_SAMPLE_NAME", "CLIENT_SAMPLE_ID", "GROUP_NAME"],
                 *([run, f"s{n}", "a"] for n, run in enumerate(runs, 1))],
        Peaks=values,
        Logs=[values[0], *([run, *(cell / 1e4 for cell in row)] for run, *row in values[1:])],
    )  # fmt: skip
    found, remarks = facts("c.csv", "m.xlsx")
    (assay,) = found["assays"].values()
    assert (assay["sheet"], assay["samples_in"]) == ("Peaks", "rows")
    assert assay["features"] == {"file": "m.xlsx", "id": "CHEM_ID", "gene": "CHEMICAL_NAME"}
    assert assay["samples"] == {
        "file": "m.xlsx", "sheet": "Samples", "from": "PARENT_SAMPLE_NAME",
        "to": "CLIENT_SAMPLE_ID",
    }  # fmt: skip
    assert any("sheet 'Logs': the same samples" in line for line in remarks)
    assert not [line for line in remarks if "the check will say" in line]


LONG = [["SampleID", "OlinkID", "UniProt", "Assay", "Unit", "Quantified_value"],
        *([f"s{n}", f"OID0000{m}", "P05231", gene, "pg/mL", 40.5 * n + m]
          for n in range(1, 4) for m, gene in enumerate(("IL6", "TNF", "CXCL8")))]  # fmt: skip
WIDE = [["Olink NPX Signature 1.8.0"], ["Quantified data"], ["Panel", *["Target 48"] * 3],
        ["Assay", "IL6", "TNF", "CXCL8"], ["Uniprot ID", "P05231", "P01375", "P10145"],
        ["OlinkID", "OID1", "OID2", "OID3"], ["Unit", *["pg/mL"] * 3],
        *([f"s{n}", 310.5 * n, 2.5, 8000.25] for n in range(1, 4))]  # fmt: skip


def write(put, put_sheets, kind):
    commas = [[str(cell).replace(".", ",") for cell in row] for row in LONG]
    files = {"long.csv": text(LONG, ","), "comma.csv": text(commas, ";")}
    if kind in files:
        put("o.csv", files[kind])
        return "o.csv"
    put_sheets("o.xlsx", a=WIDE if kind == "wide.xlsx" else LONG)
    return "o.xlsx"


@pytest.mark.parametrize(
    ("kind", "form"),
    [("long.csv", "olink_long"), ("comma.csv", "olink_long"), ("long.xlsx", "olink_long"),
     ("wide.xlsx", "olink_wide")],
)  # fmt: skip
def test_concentrations_of_olink_are_cytokines(put, put_sheets, facts, kind, form):
    put("c.csv", SHEET)
    found, remarks = facts("c.csv", write(put, put_sheets, kind))
    assay = found["assays"]["cytokines"]
    assert (assay["kind"], assay["format"]) == ("cytokines", form)
    assert assay.get("decimal", ".") == ("," if kind == "comma.csv" else ".")
    assert not [line for line in remarks if "the check will say" in line]


def test_npx_beside_concentrations_are_proposed_and_the_other_is_told(put, tmp_path):
    put("o.csv", text([[*LONG[0], "NPX"], *([*row, 3.5] for row in LONG[1:])], ","))
    draft = draft_cohort([tmp_path / "o.csv"], None, None)
    assert "kind: olink_npx  # or cytokines" in draft.text
