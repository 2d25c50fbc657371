"""Mistakes in the YAML files: each is told with file, line and key."""

import pytest

A, S = "cohorts/a.yaml", "study.yaml"

CAUGHT = {
    "misspelt section": (A, "assays:", "asays:", ("a.yaml:", "'asays'", "did you mean 'assays'")),
    "misspelt clinical key": (A, "patient:", "patiant:", ("a.yaml:4", "did you mean 'patient'")),
    "misspelt column key": (
        A,
        "Age, unit:",
        "Age, units:",
        ("clinical.columns.age.units", "'unit'"),
    ),
    "misspelt assay key": (A, "file: counts.tsv", "fil: counts.tsv", ("assays.rna", "fil")),
    "unknown kind": (A, "rna_counts", "rna_count", ("assays.rna", "did you mean 'rna_counts'")),
    "unknown format": (A, "olink_long", "olink_lng", ("assays.olink", "did you mean 'olink_long'")),
    "unknown scale": (A, "scale: log2", "scale: log", ("assays.proteome.scale", "log2")),
    "scale of another kind": (
        A,
        "scale: log2",
        "scale: counts",
        ("assays.proteome", "linear, log2"),
    ),
    "format missing": (A, "format: matrix, ", "", ("assays.rna", "'format' is missing")),
    "file missing": (A, ", file: counts.tsv", "", ("assays.rna", "file")),
    "duplicate key": (
        A,
        "  file: clinical.csv",
        "  file: x.csv\n  file: clinical.csv",
        ("a.yaml:4", "file"),
    ),
    "no read as false": (A, "  sample: SampleID", "  sample: no", ("a.yaml:5", "no")),
    "leading zeros": (A, "  sample: SampleID", "  sample: 007", ("a.yaml:5", "007")),
    "base sixty": (A, "  sample: SampleID", "  sample: 12:30:45", ("a.yaml:5", "12:30:45")),
    "tab in the indentation": (A, "  file: clinical.csv", "\tfile: clinical.csv", ("a.yaml:3",)),
    "unclosed bracket": (A, "unit: years}", "unit: years", ("a.yaml:",)),
    "path leaves the folder": (
        A,
        "file: counts.tsv",
        "file: ../b/counts.txt",
        ("assays.rna.file", "leaves the cohort's folder"),
    ),
    "absolute path": (A, "file: counts.tsv", "file: /etc/hostname", ("assays.rna.file", "leaves")),
    "misspelt file": (
        A,
        "file: counts.tsv",
        "file: count.tsv",
        ("assays.rna.file", "did you mean 'counts.tsv'"),
    ),
    "unset variable": (
        A,
        "folder: ../data/a",
        "folder: ${NOT_SET_ANYWHERE}/a",
        ("a.yaml:1", "NOT_SET_ANYWHERE"),
    ),
    "missing folder": (
        A,
        "folder: ../data/a",
        "folder: ../data/aa",
        ("a.yaml:1 (folder)", "no such folder"),
    ),
    "misspelt header": (
        A,
        "from: Ferritin",
        "from: Feritin",
        ("clinical.columns.ferritin.from", "did you mean 'Ferritin'"),
    ),
    "misspelt patient header": (
        A,
        "patient: PatID",
        "patient: PatId",
        ("clinical.patient", "did you mean 'PatID'"),
    ),
    "unit unknown": (A, "unit: ng/mL", "unit: ng/ml/h", ("clinical.columns.ferritin", "ng/mL")),
    "unit not stated": (
        A,
        "Ferritin, unit: ng/mL",
        "Ferritin",
        ("clinical.columns.ferritin", "unit"),
    ),
    "unit of another quantity": (
        A,
        "unit: mmol/L",
        "unit: mmHg",
        ("clinical.columns.lactate", "mmol/L"),
    ),
    "code not declared": (
        A,
        "{F: female, M: male}",
        "{F: female}",
        ("column 'Sex'", "rows", "codes"),
    ),
    "misspelt level in codes": (A, "F: female", "F: femal", ("column 'Sex'", "female")),
    "type against the vocabulary": (
        A,
        "Age, unit: years",
        "Age, type: category",
        ("clinical.columns.age", "number"),
    ),
    "unknown cohort": (S, "cohorts: [a, b]", "cohorts: [a, c]", ("study.yaml:4", "c.yaml")),
    "cohort twice": (S, "cohorts: [a, b]", "cohorts: [a, b, a]", ("study.yaml:4", "twice")),
    "unknown assay": (
        S,
        "[rna, proteome,",
        "[rna, proteom,",
        ("analyses.main.assays", "'proteome'"),
    ),
    "misspelt level": (
        S,
        "level: anakinra",
        "level: anakina",
        ("contrasts.arm.level", "did you mean 'anakinra'"),
    ),
    "misspelt column of a contrast": (
        S,
        "column: treatment",
        "column: treatmnt",
        ("contrasts.arm.column", "did you mean 'treatment'"),
    ),
    "misspelt adjustment": (S, "[age, sex]", "[age, sx]", ("contrasts.death.adjust", "'sx'")),
    "one level against itself": (
        S,
        "versus: placebo",
        "versus: anakinra",
        ("contrasts.arm", "same"),
    ),
    "contrast adjusted for itself": (
        S,
        "[age, sex]",
        "[age, death_28d]",
        ("contrasts.death", "adjust"),
    ),
    "misspelt event": (S, "event: death_28d", "event: death_28", ("outcome.event", "'death_28d'")),
    "unknown key of the study": (S, "seed: 1", "sed: 1", ("study.yaml:3", "did you mean 'seed'")),
    "seed is text": (S, "seed: 1", "seed: one", ("study.yaml:3", "seed")),
    "negative seed": (S, "seed: 1", "seed: -1", ("study.yaml:3", "seed")),
    "no analyses": (
        S,
        "    assays: [rna, proteome, olink, metabolites]",
        "    assays: []",
        ("analyses.main.assays",),
    ),
    "empty file": (A, None, "", ("a.yaml",)),
    "UTF-16": (A, None, "folder: .\n".encode("utf-16"), ("a.yaml:1", "UTF-8")),
    "a table as YAML": (A, None, "id,age\np1,40\n", ("a.yaml", "key: value")),
    "folder that is a file": (
        A,
        "folder: ../data/a",
        "folder: ../data/a/clinical.csv",
        ("a.yaml:1 (folder)", "is a file"),
    ),
    "file that is a folder": (
        A,
        "file: counts.tsv",
        "file: .",
        ("assays.rna.file", "is a folder"),
    ),
    "merge key": (A, "assays:", "<<: {multiqc: x}\nassays:", ("a.yaml:14", "merge keys")),
    "one name for two kinds of molecules": (
        A,
        "kind: ms_proteins, format: matrix, file: proteins.tsv, scale: log2",
        "kind: metabolites, format: matrix, file: proteins.tsv, scale: log2}\n"
        "  metabolites: {kind: expression, format: matrix, file: proteins.tsv",
        ("analyses.main.assays.3", "RNA in a, metabolites in b"),
    ),
    "contrast by a column that cannot be computed": (
        S,
        "column: treatment, level: anakinra, versus: placebo",
        "column: rule_class, level: MALS",
        ("contrasts.arm.column", "ferritin, hla_dr"),
    ),
    "cohort to discover in and to apply to": (
        S,
        "    contrasts:",
        "    discover_in: [a]\n    apply_to: [a]\n    contrasts:",
        ("analyses.main", "discover_in"),
    ),
    "unknown cohort to discover in": (
        S,
        "    contrasts:",
        "    discover_in: [aa]\n    contrasts:",
        ("analyses.main.discover_in.0", "did you mean 'a'"),
    ),
    "every cohort only applied to": (
        S,
        "    contrasts:",
        "    apply_to: [a, b]\n    contrasts:",
        ("analyses.main", "no cohort is left"),
    ),
    "labels that no cohort has": (
        S,
        "    contrasts:",
        "    endotype: {method: given, column: srs}\n    contrasts:",
        ("analyses.main.endotype.column", "'srs'"),
    ),
}


@pytest.mark.parametrize("name", CAUGHT)
def test_a_mistake_in_the_settings_is_told_with_its_key(caught, name):
    file, old, new, words = CAUGHT[name]

    def change(study):
        if old is None:
            study.write(file, new)
        else:
            study.replace(file, old, new)

    caught(change, *words)


HANDLED = {
    "byte-order mark": lambda s: s.write("cohorts/a.yaml", "\ufeff" + s.text("cohorts/a.yaml")),
    "CRLF": lambda s: s.write("cohorts/a.yaml", s.text("cohorts/a.yaml").replace("\n", "\r\n")),
    "comments": lambda s: s.write("cohorts/a.yaml", "# facts\n" + s.text("cohorts/a.yaml")),
    "another order of cohorts": lambda s: s.replace("study.yaml", "[a, b]", "[b, a]"),
}


@pytest.mark.parametrize("name", HANDLED)
def test_the_same_settings_written_otherwise_give_the_same(handled, name):
    handled(HANDLED[name])
