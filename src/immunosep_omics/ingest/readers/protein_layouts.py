"""The layouts of search engines' reports: headers as `report_file.key` has them."""

from __future__ import annotations

from dataclasses import dataclass, field

PROGRAMS = {
    "diann": "DIA-NN",
    "alphadia": "alphaDIA",
    "spectronaut": "Spectronaut",
    "spectromine": "SpectroMine",
    "fragpipe": "FragPipe",
    "proteome_discoverer": "Proteome Discoverer",
    "skyline": "Skyline",
    "metamorpheus": "MetaMorpheus or FlashLFQ",
    "openms": "OpenMS, quantms or MSstats",
    "maxquant": "MaxQuant",
}
"""Programs by the word that `format` has for them."""

TRUE = ("true", "1", "1.0", "yes", "+")
FALSE = ("false", "0", "0.0", "no")

Drop = tuple[tuple[str, tuple[str, ...], str], ...]
"""Headers, the texts below them, and what the rows that hold such a text are."""


@dataclass(frozen=True)
class Layout:
    """What all layouts tell: whose report, its name, the headers it must have.

    Of each tuple of headers the first that is present counts; `marks` must all be present, and
    `first` (if any) must be the first header but for row names. Where another program is stated,
    one of `signs` (if any) is needed as well: the other headers could be anybody's. `joined` is
    the mark between the members of a group; `log2` are quantities that are logarithms.
    """

    program: str
    name: str
    marks: tuple[str, ...] = ()
    first: str | None = None
    signs: tuple[str, ...] = ()
    proteins: tuple[str, ...] = ()
    genes: tuple[str, ...] = ()
    joined: str = ";"
    q_values: tuple[str, ...] = ()
    drop: Drop = ()
    log2: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wide(Layout):
    """One column per run: all but `annotation`, or those that a pattern of a quantity matches.

    `beside`: how further headers of no run begin. The patterns' group `sample` is the run. A table
    that has any of `parts` has rows of peptides or precursors: there `quantities` are the proteins'
    own and repeat on each row, and `part_quantities`, or columns without a pattern, are rolled up.
    `marked_in`: a column that tells decoys and contaminants, where the proteins' does not.
    `usually_log2`: logarithms, unless the program was told otherwise. `reference`: a column of
    values that tells abundances from ratios. `by_gene`: the groups are of genes.
    """

    annotation: frozenset[str] = frozenset()
    beside: tuple[str, ...] = ()
    quantities: dict[str, str] = field(default_factory=dict)
    part_quantities: dict[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    marked_in: str | None = None
    usually_log2: bool = False
    reference: str | None = None
    by_gene: bool = False


@dataclass(frozen=True)
class Long(Layout):
    """One row per run and protein, or part of a protein.

    `protein_values` repeat on each row of a run and protein. `part_values` are rolled up, and
    name the headers that tell the parts apart; for them, `part_drop` counts as `drop` does.
    `channels`: a pattern for headers of TMT channels, one sample each. `within` divides a run
    into samples. `missing_where`: rows without a measurement. `isotopes`: rows of a part's isotope
    peaks are added up.
    """

    runs: tuple[str, ...] = ()
    within: str | None = None
    protein_values: tuple[str, ...] = ()
    part_values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    part_drop: Drop = ()
    missing_where: Drop = ()
    channels: str | None = None
    isotopes: bool = False


@dataclass(frozen=True)
class Unread:
    """A program's table that is known by its headers, and cannot be read: why, what instead."""

    marks: tuple[str, ...]
    problem: str
    remedy: str


SITES = "holds modified sites ({}), not proteins"

UNREAD: tuple[Unread, ...] = (
    Unread(
        ("accession", "area"),
        "holds the proteins of one sample, which its column 'Area' does not name (Proteome"
        " Discoverer 1.4)",
        "open all samples' results as one multi-consensus report, and export that (`Area A2`,"
        " `Area B2`, ...); or join the tables, and state `format: matrix`",
    ),
    *(
        Unread(
            ("index", own, "referenceintensity"),
            "holds peptides or modified sites, not proteins (FragPipe)",
            "give abundance_protein_*.tsv or abundance_gene_*.tsv, which lie beside it in"
            " tmt-report",
        )
        for own in ("peptide", "sequencewindow")
    ),
    Unread(
        ("index", "bestlocalizationprobability"), SITES.format("FragPipe's combined_site_*.tsv"),
        "give combined_protein.tsv, which lies beside it",
    ),
    Unread(
        ("proteinid", "entryname", "razorintensity", "toppeptideprobability"),
        "holds the proteins of one experiment, which no column names (FragPipe's protein.tsv)",
        "give combined_protein.tsv, which lies a folder above",
    ),
    Unread(
        ("spectrum", "spectrumfile", "proteinid", "peptide"),
        "holds spectra, not proteins (FragPipe's psm.tsv)",
        "give combined_protein.tsv, or abundance_protein_*.tsv of tmt-report, a folder above",
    ),
    Unread(
        ("proteinnames", "genenames", "residue", "site"), SITES.format("DIA-NN's phosphosites"),
        "give report.pg_matrix.tsv or the main report, which lie beside it",
    ),
    Unread(
        ("ptmcollapsekey",), SITES.format("Spectronaut's PTM report"),
        "give a report of protein groups (PG.Quantity)",
    ),
    Unread(
        ("proteins", "positionswithinproteins"), SITES.format("MaxQuant's ...Sites.txt"),
        "give proteinGroups.txt, which lies beside it",
    ),
    Unread(
        ("sequence", "leadingrazorprotein", "startposition"),
        "holds peptides, not proteins (MaxQuant's peptides.txt)",
        "give proteinGroups.txt, which lies beside it",
    ),
    *(
        Unread(
            ("proteingroup", "accession", own),
            "is PEAKS' table of proteins, with one row for each member of a group",
            "keep one row of each group (where `Top` is true), and state `format: matrix`, `names:"
            " Accession`, and under `not_features` all columns but the samples' areas",
        )
        for own in ("10lgp", "sampleprofileratio", "groupprofileratio")
    ),
    *(
        Unread(
            ("peptide", own, "accession"), "holds peptides, not proteins (PEAKS)",
            "export the table of proteins, keep one row of each group, and state `format: matrix`",
        )
        for own in ("10lgp", "sampleprofileratio")
    ),
)  # fmt: skip
"""By the programs' keys of headers; each is refused whatever program is stated."""

DIANN_ANNOTATION = frozenset(
    ["proteingroup", "proteinids", "proteinnames", "genes", "firstproteindescription",
     "nsequences", "nproteotypicsequences", "proteotypic", "strippedsequence", "modifiedsequence",
     "precursorcharge", "precursorid", "precursormz", "channel", "decoy", "proteinsites",
     "allmappedproteins", "allmappedgenes"]
)  # fmt: skip

SPECTRONAUT_PROTEINS = ("pgproteingroups", "pgproteinaccessions", "pguniprotids")
SPECTRONAUT_PIVOT = r"(?:\[\d+\]\s?|X\.\d+\.\.)?(?P<sample>.+)\.{}"
SPECTRONAUT_OWN = {f"PG.{name}": SPECTRONAUT_PIVOT.format(rf"PG\.{name}")
                   for name in ("Quantity", "Log2Quantity", "MS2Quantity", "MS1Quantity",
                                "IBAQ")}  # fmt: skip
SETTINGS = r"(?:[ .]*\(?Settings\)?\.?)?"
FRAGPIPE_SUMS = r"(?!(?:Combined|Summarized|Total|Unique|Razor)[ .](?:\w+[ .])?Intensity$)"
FRAGPIPE_WIDE = {
    name: FRAGPIPE_SUMS + rf"(?P<sample>.+?)[ .]{name.replace(' ', '[ .]')}"
    for name in ("MaxLFQ Intensity", "MaxLFQ Unique Intensity", "MaxLFQ Total Intensity",
                 "Intensity", "Razor Intensity", "Unique Intensity", "Total Intensity")
}  # fmt: skip
ABUNDANCES = {
    "Normalized": r"Abundances?[ .:_(]+Normalized[ .:_)]+(?P<sample>F?\d.*)",
    "Abundance": r"Abundances?[ .:_]+(?P<sample>F?\d.*)",
    "Scaled": r"Abundances?[ .:_(]+Scaled[ .:_)]+(?P<sample>F?\d.*)",
    "Grouped": r"Abundances?[ .:_(]+Grouped[ .:_)]+(?P<sample>(?!\W*(?:CV|Standard|Count)).+)",
    "Area": r"(?=.*Area)(?:Area[ .:]+)?(?P<sample>[A-Z]\d+)(?:[ .:]+Area)?",
}

MSSTATS = ("proteinname", "peptidesequence", "precursorcharge", "fragmention", "isotopelabeltype",
           "run")  # fmt: skip
MSSTATS_PART = ("peptidesequence", "precursorcharge", "fragmention", "productcharge")
DIANN_PART = ("precursorid", "modifiedsequence", "precursorcharge")
SPECTRONAUT_PART = ("egprecursorid", "egmodifiedsequence", "fgcharge")
FRAGMENT = ("ffrgion", "fcharge", "ffrglosstype")
PSM = ("annotatedsequence", "sequence", "modifications", "charge")
PSM_PROTEINS = ("masterproteinaccessions", "proteingroupaccessions", "proteinaccessions")
PEPTIDE = ("peptidemodifiedsequence", "modifiedsequence", "peptidesequence", "peptide",
           "precursorcharge", "precursor")  # fmt: skip
HEAVY = (("isotopelabeltype", ("h", "heavy"), "rows of the heavy standard"),)
CONTAMINANT = (("contaminant", TRUE, "contaminants"),)

SKYLINE_PROTEINS = ("proteinname", "protein", "proteinaccession", "proteingroup")
SKYLINE_RUNS = ("filename", "replicatename", "replicate")
SKYLINE_DROP = (*HEAVY, ("standardtype", ("irt",), "rows of retention time standards"),
                ("isdecoy", TRUE, "rows of decoys"))  # fmt: skip
SKYLINE_MISSING = (("truncated", TRUE, "truncated peaks"),)

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
        "alphadia", "precursors (version 2)", ("rawname", "pgname"), proteins=("pgname",),
        genes=("pggenes",), runs=("rawname",), protein_values=("pgintensity",),
        part_values={"precursorintensity": ("precursormodseqchargehash",)},
        q_values=("precursorqval", "pgqval"), drop=(("precursordecoy", TRUE, "rows of decoys"),),
    ),
    Long(
        "alphadia", "precursors (version 1)", ("run", "pg"), proteins=("pg",), genes=("genes",),
        runs=("run",), part_values={"intensity": ("modseqchargehash",)},
        q_values=("qval", "pgqval"), drop=(("decoy", TRUE, "rows of decoys"),),
        signs=("modseqchargehash",),
    ),
    Long(
        "spectronaut", "the long report", proteins=SPECTRONAUT_PROTEINS, genes=("pggenes",),
        runs=("rfilename", "rrawfilename", "rlabel"),
        protein_values=("pgquantity", "pglog2quantity", "pgms2quantity", "pgms1quantity", "pgibaq"),
        part_values={
            "fgquantity": SPECTRONAUT_PART,
            "egtotalquantitysettings": SPECTRONAUT_PART,
            "egtargetquantitysettings": SPECTRONAUT_PART,
            "fnormalizedpeakarea": (*SPECTRONAUT_PART, *FRAGMENT),
            "fpeakarea": (*SPECTRONAUT_PART, *FRAGMENT),
        },
        q_values=("pgqvalue", "egqvalue"), drop=(("egisdecoy", TRUE, "rows of decoys"),),
        part_drop=(("fexcludedfromquantification", TRUE,
                    "rows of fragments excluded from quantification"),),
        missing_where=(("egisimputed", TRUE, "imputed values"),), log2=("pglog2quantity",),
    ),
    Long(
        "spectromine", "the report of PSMs of a TMT study", ("rfilename",),
        proteins=SPECTRONAUT_PROTEINS, genes=("pggenes",), runs=("rfilename",),
        part_values={"psmtmt": ("pmoleculeid", "pepstrippedsequence", "ppcharge")},
        channels=r"PSM\.\w*?TMT\w*?_(?P<sample>1[1-3]\d[NC]?)(?:[ .]*\(?Raw\)?\.?)?",
        q_values=("pgqvalue", "psmqvalue"),
        drop=(("psmisusedforquantification", FALSE, "rows of PSMs not used for quantification"),),
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
        "skyline", "the report of transitions (MSstats input)", ("fragmention",),
        signs=("peptidemodifiedsequence",), proteins=SKYLINE_PROTEINS, genes=("proteingene",),
        runs=SKYLINE_RUNS,
        part_values=dict.fromkeys(("area", "normalizedarea"),
                                  (*PEPTIDE, "fragmention", "productcharge")),
        q_values=("detectionqvalue",), isotopes=True, drop=SKYLINE_DROP,
        missing_where=SKYLINE_MISSING,
    ),
    Long(
        "skyline", "the report of precursors or proteins", proteins=SKYLINE_PROTEINS,
        genes=("proteingene",), runs=SKYLINE_RUNS, protein_values=("proteinabundance",),
        part_values=dict.fromkeys(("totalareafragment", "totalarea", "totalareams1",
                                   "normalizedarea"), PEPTIDE),
        q_values=("detectionqvalue",), drop=SKYLINE_DROP, missing_where=SKYLINE_MISSING,
    ),
    Long(
        "metamorpheus", "AllQuantifiedPeaks.tsv or QuantifiedPeaks.tsv",
        ("fullsequence", "peakintensity"), proteins=("proteingroup",), runs=("filename",),
        joined="|", part_values={"peakintensity": ("fullsequence", "precursorcharge")},
        q_values=("pipqvalue",),
        drop=(("decoypeptide", TRUE, "rows of decoys"),
              ("randomrt", TRUE, "rows matched at a random time")),
    ),
    Long(
        "proteome_discoverer", "the table of PSMs of a TMT study", ("spectrumfile", "charge"),
        proteins=PSM_PROTEINS, runs=("spectrumfile",), part_values={"abundance": PSM},
        channels=r"(?:Abundance[:. ]+|X)?(?P<sample>1[1-3]\d_?[NC]?D?)", drop=CONTAMINANT,
        q_values=("percolatorqvalue",),
    ),
    Long(
        "proteome_discoverer", "the table of PSMs", ("spectrumfile", "charge"),
        proteins=PSM_PROTEINS, runs=("spectrumfile",),
        part_values={"precursorabundance": PSM, "precursorarea": PSM, "area": PSM,
                     "intensity": PSM},
        drop=CONTAMINANT, q_values=("percolatorqvalue",),
    ),
)  # fmt: skip

WIDE: tuple[Wide, ...] = (
    Wide(
        "diann", "pr_matrix", first="proteingroup", signs=("precursorid",),
        proteins=("proteingroup",), genes=("genes",), parts=("precursorid",),
        annotation=DIANN_ANNOTATION,
    ),
    Wide(
        "diann", "pg_matrix", first="proteingroup",
        signs=("firstproteindescription", "proteinnames", "proteinids", "genes"),
        proteins=("proteingroup",), genes=("genes",), annotation=DIANN_ANNOTATION,
    ),
    Wide(
        "diann", "gg_matrix or unique_genes_matrix", first="genes", signs=("nsequences",),
        proteins=("genes",), genes=("genes",), annotation=DIANN_ANNOTATION, by_gene=True,
    ),
    *(
        Wide(
            "alphadia", f"pg.matrix ({header})", first=key, proteins=(key,), genes=("pggenes",),
            annotation=frozenset([key, "pggenes", "pgproteins", "pgmasterprotein"]),
        )
        for key, header in (("pg", "pg"), ("pgname", "pg.name"))
    ),
    Wide(
        "spectronaut", "the pivot report of precursors", proteins=SPECTRONAUT_PROTEINS,
        genes=("pggenes",), quantities=SPECTRONAUT_OWN, log2=("PG.Log2Quantity",),
        parts=("egprecursorid", "egmodifiedsequence", "egmodifiedpeptide", "pepstrippedsequence",
               "fgcharge", "fgid"),
        part_quantities={
            "FG.Quantity": SPECTRONAUT_PIVOT.format(r"FG\.Quantity"),
            "EG.TotalQuantity (Settings)":
                SPECTRONAUT_PIVOT.format(rf"EG\.TotalQuantity{SETTINGS}"),
            "EG.TargetQuantity (Settings)":
                SPECTRONAUT_PIVOT.format(rf"EG\.TargetQuantity{SETTINGS}"),
        },
        drop=(("egisdecoy", TRUE, "decoys"),),
    ),
    Wide(
        "spectronaut", "the pivot report", proteins=SPECTRONAUT_PROTEINS, genes=("pggenes",),
        quantities=SPECTRONAUT_OWN, log2=("PG.Log2Quantity",),
    ),
    Wide(
        "fragpipe", "combined_peptide.tsv, combined_modified_peptide.tsv or combined_ion.tsv",
        ("proteinid",), signs=("entryname",), proteins=("proteinid",), genes=("gene", "genes"),
        parts=("peptidesequence", "sequence", "modifiedsequence", "charge",
               "assignedmodifications"),
        part_quantities=FRAGPIPE_WIDE, marked_in="protein",
    ),
    Wide(
        "fragpipe", "combined_protein.tsv", ("proteinid",), signs=("entryname",),
        proteins=("proteinid",), genes=("gene", "genes"), quantities=FRAGPIPE_WIDE,
        marked_in="protein",
    ),
    Wide(
        "fragpipe", "tmt-report/abundance_gene_*.tsv and abundance_protein_*.tsv",
        ("index", "numberpsm", "referenceintensity"), first="index",
        proteins=("proteinid", "index"), genes=("gene", "index"), usually_log2=True,
        reference="referenceintensity", beside=("RefInt_", "RefDInt_"),
        marked_in="protein",
        annotation=frozenset(
            ["index", "numberpsm", "gene", "maxpepprob", "protein", "proteinid", "proteins",
             "entryname", "proteindescription", "organism", "indistinguishableproteins",
             "referenceintensity"]
        ),
    ),
    Wide(
        "skyline", "the report of precursors, one column per replicate",
        proteins=SKYLINE_PROTEINS, genes=("proteingene",), parts=(*PEPTIDE, "fragmention"),
        part_quantities={
            name: rf"(?P<sample>.+?)[ ._]{name.replace(' ', '[ .]?')}"
            for name in ("Total Area Fragment", "Total Area", "Total Area MS1", "Normalized Area",
                         "Area")
        },
        drop=SKYLINE_DROP,
    ),
    Wide(
        "skyline", "the report of proteins, one column per replicate", proteins=SKYLINE_PROTEINS,
        genes=("proteingene",),
        quantities={"Protein Abundance": r"(?P<sample>.+?)[ ._]Protein[ .]?Abundance"},
    ),
    Wide(
        "metamorpheus", "AllQuantifiedProteinGroups.tsv",
        ("proteinaccession", "proteindecoycontaminanttarget"), proteins=("proteinaccession",),
        genes=("gene",), joined="|", q_values=("proteinqvalue",),
        quantities={"Intensity": r"Intensity[_ .](?P<sample>.+)"},
        drop=(("proteindecoycontaminanttarget", ("d",), "decoys"),
              ("proteindecoycontaminanttarget", ("c",), "contaminants")),
    ),
    Wide(
        "metamorpheus", "FlashLFQ's QuantifiedProteins.tsv", ("proteingroups", "organism"),
        first="proteingroups", proteins=("proteingroups",), genes=("genename",), joined="|",
        quantities={"Intensity": r"Intensity[_ .](?P<sample>.+)"},
    ),
    Wide(
        "proteome_discoverer", "the table of proteins", ("accession",), signs=("description",),
        proteins=("accession",), genes=("genesymbol", "genename"), quantities=ABUNDANCES,
        drop=(*CONTAMINANT,
              ("master", ("ismasterproteincandidate", "ismasterproteinrejected", "none"),
               "proteins that lead no group")),
        q_values=("expqvaluecombined",),
    ),
    Wide(
        "proteome_discoverer", "the table of peptide groups", ("masterproteinaccessions",),
        proteins=("masterproteinaccessions",), parts=("annotatedsequence", "sequence",
                                                      "modifications"),
        part_quantities={name: ABUNDANCES[name] for name in ("Normalized", "Abundance")},
        drop=CONTAMINANT,
    ),
    Wide(
        "maxquant", "proteinGroups.txt", ("majorityproteinids",),
        proteins=("majorityproteinids",),
    ),
)  # fmt: skip
