"""Raw platform files as the instruments' own software would write them."""

from __future__ import annotations

import gzip
import io

import numpy as np
import pandas as pd

from immunosep_omics.simulate.assays import AssayData
from immunosep_omics.simulate.biology import numbered
from immunosep_omics.simulate.study import SimulatedCohort
from immunosep_omics.stats.streams import stream

Files = dict[str, bytes]

SERIES_MATRIX = "GSE_SIMULATED_series_matrix.txt.gz"
PLATFORM_TABLE = "GPL_SIMULATED.txt"
SAMPLE_KEY = "sample_key.tsv"


def file_names(assay: str, platform: str, dialect: str) -> list[str]:
    """The files of one assay, in the order in which they are written."""
    if platform == "featurecounts":
        return ["counts.txt"]
    if platform == "count_matrix":
        return ["gene_counts.tsv.gz"]
    if platform == "geo":
        return [SERIES_MATRIX, PLATFORM_TABLE]
    if platform == "maxquant":
        return ["proteinGroups.txt", *([SAMPLE_KEY] if dialect == "modena" else [])]
    return [f"{assay}_npx.csv"]


def assay_files(cohort: SimulatedCohort, assay: str) -> Files:
    """The raw files of one assay: name to content."""
    data = cohort.assays[assay]
    plan = cohort.world.cohorts[cohort.name]
    names = file_names(assay, data.platform, plan.dialect)
    rng = stream(cohort.seed, cohort.world.name, cohort.name, assay, "file")
    if data.platform == "featurecounts":
        return {names[0]: feature_counts(data, rng)}
    if data.platform == "count_matrix":
        return {names[0]: zipped(count_matrix(data))}
    if data.platform == "geo":
        return {names[0]: zipped(series_matrix(data)), names[1]: platform_table(data)}
    if data.platform == "maxquant":
        runs = run_names(data) if len(names) > 1 else data.values.index.to_series()
        files = {names[0]: protein_groups_table(data, runs, rng)}
        if len(names) > 1:
            key = pd.DataFrame({"Run": runs, "Sample": data.values.index})
            files[names[1]] = _table(key.sort_values("Run"))
        return files
    return {names[0]: npx_table(data, plan.assays["olink"].delimiter, rng)}


def zipped(content: bytes) -> bytes:
    """Gzip without the clock and the file's name."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=buffer, mode="wb", compresslevel=6, mtime=0) as stream_:
        stream_.write(content)
    return buffer.getvalue()


def feature_counts(data: AssayData, rng: np.random.Generator) -> bytes:
    """featureCounts: a comment, then Geneid Chr Start End Strand Length and one BAM per column."""
    n = len(data.features)
    bams = [f"bam/{sample}.bam" for sample in data.values.index]
    comment = (
        '# Program:featureCounts v2.0.6; Command:"featureCounts" "-s" "2" "-p" "--countReadPairs"'
        ' "-a" "genes.gtf" "-o" "counts.txt" ' + " ".join(f'"{bam}"' for bam in bams) + " \n"
    )
    chromosome = "chr" + pd.Series(rng.integers(1, 23, n)).astype(str)
    start = pd.Series(rng.integers(10_000, 90_000_000, n))
    exons = pd.DataFrame(rng.integers(100, 3000, (n, 3)), columns=["first", "gap", "second"])
    first_end = start + exons["first"] - 1
    second = first_end + exons["gap"]
    strand = pd.Series(rng.choice(["+", "-"], n))
    table = pd.DataFrame(
        {
            "Geneid": data.features["written"].to_numpy(),
            "Chr": chromosome + ";" + chromosome,
            "Start": start.astype(str) + ";" + second.astype(str),
            "End": first_end.astype(str) + ";" + (second + exons["second"] - 1).astype(str),
            "Strand": strand + ";" + strand,
            "Length": exons["first"] + exons["second"],
        }
    )
    counts = pd.DataFrame(data.values.to_numpy().T.astype(np.int64), columns=bams)
    return comment.encode() + _table(pd.concat([table, counts], axis=1))


def count_matrix(data: AssayData) -> bytes:
    """Genes x samples, tab separated."""
    counts = data.values.T.astype(np.int64)
    return _table(counts.rename_axis("gene").reset_index())


def series_matrix(data: AssayData) -> bytes:
    """A GEO series matrix: `!Series_` and `!Sample_` lines, then the quoted table."""
    arrays, samples = data.samples["array"].tolist(), data.values.index.tolist()
    n = len(arrays)
    series = {
        "title": "Simulated sepsis cohort", "geo_accession": "GSE_SIMULATED",
        "status": "Simulated", "summary": "Simulated whole blood expression of sepsis patients",
        "overall_design": f"{n} patients, one sample each", "type": "Expression profiling by array",
        "sample_id": " ".join(arrays) + " ", "platform_id": "GPL_SIMULATED",
    }  # fmt: skip
    per_sample = [
        ("title", [f"whole blood, {sample}" for sample in samples]),
        ("geo_accession", arrays),
        ("type", ["RNA"] * n),
        ("source_name_ch1", ["whole blood"] * n),
        ("organism_ch1", ["Homo sapiens"] * n),
        ("characteristics_ch1", ["tissue: whole blood"] * n),
        ("characteristics_ch1", [f"patient: {sample}" for sample in samples]),
        ("data_processing", ["log2 intensity"] * n),
        ("platform_id", ["GPL_SIMULATED"] * n),
    ]
    lines = [f'!Series_{key}\t"{text}"' for key, text in series.items()]
    lines.append("")
    lines += ["\t".join([f"!Sample_{key}", *map(_quoted, texts)]) for key, texts in per_sample]
    lines.append("!series_matrix_table_begin")
    lines.append("\t".join(map(_quoted, ["ID_REF", *arrays])))
    table = data.values.T
    table.index = pd.Index('"' + table.index.astype(str) + '"')
    body = table.sort_index().to_csv(
        sep="\t", header=False, float_format="%.4f", quoting=3, lineterminator="\n"
    )
    return ("\n".join(lines) + "\n" + body + "!series_matrix_table_end\n").encode()


def platform_table(data: AssayData) -> bytes:
    """A GEO platform table: `#` lines explain the columns; probes without a gene have none."""
    features = data.features.sort_index()
    gene = features["written"]
    symbols = pd.Series(sorted(set(gene) - {""}), dtype=object)
    entrez = pd.Series(900_000_001 + np.arange(symbols.size), index=symbols).astype(str)
    table = pd.DataFrame(
        {
            "ID": features.index,
            "Gene Symbol": gene.to_numpy(),
            "ENTREZ_GENE_ID": gene.map(entrez).fillna("").to_numpy(),
        }
    )
    comments = (
        "#ID = probe set\n#Gene Symbol = gene symbol\n"
        "#ENTREZ_GENE_ID = invented number, no Entrez record\n"
    )
    return comments.encode() + _table(table)


def run_names(data: AssayData) -> pd.Series:
    """Raw file names that carry the run order."""
    runs = [
        f"R{run:03d}_{sample}"
        for run, sample in zip(data.samples["run"], data.values.index, strict=True)
    ]
    return pd.Series(runs, index=data.values.index)


def protein_groups_table(data: AssayData, runs: pd.Series, rng: np.random.Generator) -> bytes:
    """MaxQuant's proteinGroups.txt, with decoys, contaminants and groups seen by site only."""
    identifiers = data.features.index.to_series()
    written = data.features["written"]
    lfq = data.values.fillna(0.0).to_numpy().T
    extra_ids, extra_genes = _not_proteins()
    extra = np.round(2.0 ** rng.normal(25.0, 1.0, (len(extra_ids), lfq.shape[1])), -2)
    extra[rng.random(extra.shape) < 0.5] = 0.0
    groups = pd.concat([identifiers, extra_ids], ignore_index=True)
    genes = pd.concat([written, extra_genes], ignore_index=True)
    lfq = np.vstack([lfq, extra])
    n, samples = lfq.shape
    load = 2.0 ** rng.normal(0.0, 0.4, samples)
    raw = np.round(lfq * load * 2.0 ** rng.normal(0.0, 0.1, lfq.shape), -2)
    peptides = rng.integers(2, 40, n)
    by_site = groups.str.startswith("A0SITE").to_numpy()
    reverse = groups.str.startswith("REV__").to_numpy()
    contaminant = groups.str.contains("CON__").to_numpy()
    order = np.argsort(groups.to_numpy(dtype=str), kind="stable")
    mark = np.array(["", "+"], dtype=object)
    table = pd.concat(
        [
            pd.DataFrame(
                {
                    "Protein IDs": groups,
                    "Majority protein IDs": groups.str.split(";").str[0],
                    "Gene names": genes,
                    "Number of proteins": groups.str.count(";") + 1,
                    "Peptides": peptides,
                    "Razor + unique peptides": peptides,
                    "Unique peptides": np.maximum(peptides - rng.integers(0, 3, n), 1),
                    "Q-value": 0,
                    "Score": np.char.mod("%.2f", rng.gamma(3.0, 30.0, n)),
                    "Intensity": raw.sum(axis=1).astype(np.int64),
                }
            ),
            pd.DataFrame(raw.astype(np.int64), columns=("Intensity " + runs).to_numpy()),
            pd.DataFrame(lfq.astype(np.int64), columns=("LFQ intensity " + runs).to_numpy()),
            pd.DataFrame(
                {
                    "MS/MS count": peptides * samples,
                    "Only identified by site": mark[by_site.astype(int)],
                    "Reverse": mark[reverse.astype(int)],
                    "Potential contaminant": mark[contaminant.astype(int)],
                }
            ),
        ],
        axis=1,
    ).iloc[order]
    table["id"] = np.arange(n)
    return _table(table)


def _not_proteins() -> tuple[pd.Series, pd.Series]:
    """Rows that every user of MaxQuant removes first: decoys, contaminants, single sites."""
    kinds = (("REV__A0SIM2Z", 5, ""), ("CON__SIM", 10, "KRT"), ("A0SITE", 5, ""))
    ids = [f"{stem}{i:03d}" for stem, count, _ in kinds for i in range(count)]
    genes = [gene and f"{gene}{i}" for _, count, gene in kinds for i in range(count)]
    return pd.Series(ids, dtype=object), pd.Series(genes, dtype=object)


def npx_table(data: AssayData, delimiter: str, rng: np.random.Generator) -> bytes:
    """Olink's long NPX export: samples, then two control samples per plate."""
    from immunosep_omics.simulate import catalogue

    plates = sorted(data.samples["plate"].unique())
    lod = data.features[[f"lod_plate{plate}" for plate in plates]].to_numpy().T
    values, plate = data.values.to_numpy(), data.samples["plate"].to_numpy()
    control_plate = np.repeat(plates, 2)
    expected, _ = data.law.respond(data.law.layer.level)
    shift = lod - lod.mean(axis=0)
    controls = expected + shift[control_plate - 1] + rng.normal(
        0.0, data.law.noise, (control_plate.size, expected.size)
    )  # fmt: skip
    npx, plate = np.vstack([values, controls]), np.concatenate([plate, control_plate])
    names = np.concatenate([
        data.values.index.to_numpy(dtype=object), numbered("CONTROL_SAMPLE_", control_plate.size, 1)
    ])  # fmt: skip
    warn = np.where(rng.random(names.size) < 0.04, "WARN", "PASS").astype(object)
    warn[len(values) :] = "PASS"
    limit = lod[plate - 1]
    missing = (values < limit[: len(values)]).mean(axis=0)
    genes = data.features["written"].to_numpy()
    s, a = names.size, genes.size
    table = pd.DataFrame(
        {
            "SampleID": np.repeat(names, a),
            "Index": np.repeat(np.arange(1, s + 1), a),
            "OlinkID": np.tile(numbered("OID9", a), s),
            "UniProt": np.tile([catalogue.OLINK[gene] for gene in genes], s),
            "Assay": np.tile(genes, s),
            "MissingFreq": np.tile(np.char.mod("%.4f", missing), s),
            "Panel": "Simulated Inflammation",
            "Panel_Version": "v.1001",
            "PlateID": np.repeat([f"Plate{number}" for number in plate], a),
            "QC_Warning": np.repeat(warn, a),
            "LOD": np.char.mod("%.4f", limit.ravel()),
            "NPX": np.char.mod("%.4f", npx.ravel()),
        }
    )
    return table.to_csv(sep=delimiter, index=False, lineterminator="\n").encode()


def _quoted(text: str) -> str:
    return f'"{text}"'


def _table(table: pd.DataFrame) -> bytes:
    return table.to_csv(sep="\t", index=False, lineterminator="\n").encode()
