"""The layouts of search engines' reports: headers as `report_file.key` has them."""

from __future__ import annotations

from dataclasses import dataclass, field

PROGRAMS = {
    "diann": "DIA-NN",
    "alphadia": "alphaDIA",
    "spectronaut": "Spectronaut",
    "fragpipe": "FragPipe",
    "proteome_discoverer": "Proteome Discoverer",
    "skyline": "Skyline",
    "openms": "OpenMS or quantms",
    "maxquant": "MaxQuant",
}
"""Programs by the word that `format` has for them."""

TRUE = ("true", "1", "yes", "+")


@dataclass(frozen=True)
class Layout:
    """What all layouts tell: whose report, its name, the headers it must have.

    Of each tuple of headers the first that is present counts; `marks` must all be present, and
    `first` (if any) must be the first header. `drop`: header, texts, and what such rows are.
    """

    program: str
    name: str
    marks: tuple[str, ...]
    first: str | None = None
    proteins: tuple[str, ...] = ()
    genes: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    drop: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    by_gene: bool = False


@dataclass(frozen=True)
class Wide(Layout):
    """One column per run: all but `annotation`, or those that one of `quantities` matches.

    The patterns' group `sample` is the run. `parts` are rolled up where there are any.
    """

    annotation: frozenset[str] = frozenset()
    quantities: dict[str, str] = field(default_factory=dict)
    log2: bool = False


@dataclass(frozen=True)
class Long(Layout):
    """One row per run and protein, or part of a protein.

    `protein_values` repeat on each row of a run and protein. `part_values` are rolled up, and
    name the headers that tell the parts apart; for them, `part_drop` counts as `drop` does.
    `channels`: a pattern for headers of TMT channels, one sample each. `within` divides a run
    into samples. `isotopes`: rows of a part's isotope peaks are added up.
    """

    runs: tuple[str, ...] = ()
    within: str | None = None
    protein_values: tuple[str, ...] = ()
    part_values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    part_drop: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    q_values: tuple[str, ...] = ()
    missing_where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    channels: str | None = None
    isotopes: bool = False


DIANN_ANNOTATION = frozenset(
    ["proteingroup", "proteinids", "proteinnames", "genes", "firstproteindescription",
     "nsequences", "nproteotypicsequences", "proteotypic", "strippedsequence", "modifiedsequence",
     "precursorcharge", "precursorid", "channel", "allmappedproteins", "allmappedgenes"]
)  # fmt: skip

SPECTRONAUT_PIVOT = r"(?:\[\d+\]\s?|X\.\d+\.\.)?(?P<sample>.+)\.PG\.{}"
FRAGPIPE_WIDE = r"(?P<sample>.+?)[ .]{}"
ABUNDANCE = r"Abundances?{}[:.] ?\.?(?P<sample>F?\d.*)"

MSSTATS = ("proteinname", "peptidesequence", "precursorcharge", "fragmention", "isotopelabeltype",
           "run")  # fmt: skip
MSSTATS_PART = ("peptidesequence", "precursorcharge", "fragmention", "productcharge")
DIANN_PART = ("precursorid", "modifiedsequence", "precursorcharge")
SPECTRONAUT_PART = ("egprecursorid", "egmodifiedsequence", "fgcharge")
FRAGMENT = ("ffrgion", "fcharge", "ffrglosstype")
PSM = ("annotatedsequence", "sequence", "modifications", "charge")
HEAVY = (("isotopelabeltype", ("h", "heavy"), "rows of the heavy standard"),)

LONG: tuple[Long, ...] = (
    Long(
        "diann", "the main report (report.tsv, report.parquet)", ("proteingroup", "qvalue"),
        proteins=("proteingroup",), genes=("genes",), runs=("run", "filename"), within="channel",
        protein_values=("pgmaxlfq", "pgnormalised", "pgquantity", "pgtopn"),
        part_values={"precursornormalised": DIANN_PART, "precursorquantity": DIANN_PART},
        q_values=("qvalue", "pgqvalue", "globalqvalue", "globalpgqvalue", "libqvalue",
                  "libpgqvalue"),
        drop=(("decoy", TRUE, "rows of decoys"),),
    ),
    Long(
        "spectronaut", "the long report", ("rfilename",),
        proteins=("pgproteingroups", "pgproteinaccessions", "pguniprotids"), genes=("pggenes",),
        runs=("rfilename",), protein_values=("pgquantity", "pgibaq"),
        part_values={
            "fgquantity": SPECTRONAUT_PART,
            "fnormalizedpeakarea": (*SPECTRONAUT_PART, *FRAGMENT),
            "fpeakarea": (*SPECTRONAUT_PART, *FRAGMENT),
        },
        q_values=("pgqvalue", "egqvalue"), drop=(("egisdecoy", TRUE, "rows of decoys"),),
        part_drop=(("fexcludedfromquantification", TRUE,
                    "rows of fragments excluded from quantification"),),
    ),
    Long(
        "openms", "the MSstatsTMT table", ("peptidesequence", "charge", "channel", "mixture"),
        proteins=("proteinname",), runs=("mixture",), within="channel",
        part_values={"intensity": ("peptidesequence", "charge")},
    ),
    Long(
        "openms", "the MSstats table", MSSTATS, proteins=("proteinname",), runs=("run",),
        part_values={"intensity": MSSTATS_PART}, drop=HEAVY,
    ),
    Long(
        "fragpipe", "MSstats.csv", MSSTATS, proteins=("proteinname",), runs=("run",),
        part_values={"intensity": MSSTATS_PART}, drop=HEAVY,
    ),
    Long(
        "skyline", "the MSstats input report",
        ("peptidemodifiedsequence", "precursorcharge", "fragmention"),
        proteins=("proteinname", "protein", "proteinaccession"), genes=("proteingene",),
        runs=("filename", "replicatename", "replicate"),
        part_values={"area": ("peptidemodifiedsequence", "precursorcharge", "fragmention",
                              "productcharge")},
        q_values=("detectionqvalue",), isotopes=True,
        drop=(*HEAVY, ("standardtype", ("irt",), "rows of retention time standards")),
        missing_where=(("truncated", TRUE),),
    ),
    Long(
        "proteome_discoverer", "the table of PSMs of a TMT study", ("spectrumfile", "charge"),
        proteins=("masterproteinaccessions", "proteingroupaccessions", "proteinaccessions"),
        runs=("spectrumfile",), part_values={"abundance": PSM},
        channels=r"Abundance(?::? |\.+)(?P<sample>1[1-3]\d[NC]?D?)",
        drop=(("contaminant", TRUE, "rows of contaminants"),),
    ),
    Long(
        "proteome_discoverer", "the table of PSMs", ("spectrumfile", "charge"),
        proteins=("masterproteinaccessions", "proteingroupaccessions", "proteinaccessions"),
        runs=("spectrumfile",),
        part_values={"precursorabundance": PSM, "precursorarea": PSM, "intensity": PSM},
        drop=(("contaminant", TRUE, "rows of contaminants"),),
    ),
)  # fmt: skip

WIDE: tuple[Wide, ...] = (
    Wide(
        "diann", "pr_matrix", ("precursorid",), first="proteingroup", proteins=("proteingroup",),
        genes=("genes",), parts=("precursorid",), annotation=DIANN_ANNOTATION,
    ),
    Wide(
        "diann", "pg_matrix", (), first="proteingroup", proteins=("proteingroup",),
        genes=("genes",), annotation=DIANN_ANNOTATION,
    ),
    Wide(
        "diann", "gg_matrix or unique_genes_matrix", ("genes",), first="genes",
        proteins=("genes",), genes=("genes",), annotation=DIANN_ANNOTATION, by_gene=True,
    ),
    Wide(
        "alphadia", "pg.matrix", ("pg",), first="pg", proteins=("pg",),
        annotation=frozenset(["pg"]),
    ),
    Wide(
        "spectronaut", "the pivot report", (),
        proteins=("pgproteingroups", "pgproteinaccessions", "pguniprotids"), genes=("pggenes",),
        quantities={f"PG.{name}": SPECTRONAUT_PIVOT.format(name)
                    for name in ("Quantity", "IBAQ")},
    ),
    Wide(
        "fragpipe", "combined_protein.tsv", ("proteinid", "combinedtotalpeptides"),
        proteins=("proteinid", "protein"), genes=("gene", "genes"),
        quantities={
            name: FRAGPIPE_WIDE.format(name.replace(" ", "[ .]"))
            for name in ("MaxLFQ Intensity", "MaxLFQ Unique Intensity", "MaxLFQ Total Intensity",
                         "Intensity", "Razor Intensity", "Unique Intensity", "Total Intensity")
        },
    ),
    Wide(
        "fragpipe", "tmt-report/abundance_*.tsv", ("index", "numberpsm", "referenceintensity"),
        first="index", proteins=("proteinid", "index"), genes=("gene", "index"), log2=True,
        annotation=frozenset(
            ["index", "numberpsm", "gene", "maxpepprob", "protein", "proteinid", "entryname",
             "proteindescription", "organism", "indistinguishableproteins", "referenceintensity"]
        ),
    ),
    Wide(
        "proteome_discoverer", "the table of proteins", ("accession", "description"),
        proteins=("accession",), genes=("genesymbol", "genename"),
        quantities={
            name: ABUNDANCE.format(mark)
            for name, mark in (("Normalized", r"s?[ .]+\(?Normalized\)?"), ("Abundance", ""),
                               ("Grouped", r"[ .]+\(?Grouped\)?"),
                               ("Scaled", r"[ .]+\(?Scaled\)?"))
        },
        drop=(("contaminant", TRUE, "contaminants"),
              ("master", ("ismasterproteincandidate", "none"), "proteins that lead no group")),
    ),
    Wide(
        "proteome_discoverer", "the table of peptide groups",
        ("masterproteinaccessions", "annotatedsequence"),
        proteins=("masterproteinaccessions",), parts=("annotatedsequence", "modifications"),
        quantities={
            "Normalized": ABUNDANCE.format(r"s?[ .]+\(?Normalized\)?"),
            "Abundance": ABUNDANCE.format(""),
        },
        drop=(("contaminant", TRUE, "contaminants"),),
    ),
    Wide(
        "maxquant", "proteinGroups.txt", ("majorityproteinids",),
        proteins=("majorityproteinids",),
    ),
)  # fmt: skip
