"""Which headers name patients and samples, and how an assay's own names become those."""

from __future__ import annotations

from pathlib import Path

from immunosep_omics.ingest.draft.assay import AssayDraft, layout_facts
from immunosep_omics.ingest.draft.formats import Look
from immunosep_omics.ingest.draft.sheets import Sheet, Tables, column_of
from immunosep_omics.ingest.proteins.names import run_name


def identity(main: Sheet, assays: list[AssayDraft], remarks: list[str]) -> tuple[str, str]:
    """Headers of patient and sample: the sample's by the assays' names first, then by its word."""
    look, draft = main.look, main.draft
    met = [header for assay in assays if (header := column_of(assay, look)) is not None]
    sample = draft.sample if draft.sample in met or not met else met[0]
    patient = draft.patient
    if patient is None and sample is None:
        rows = len(look.rows) - 1
        unique = (
            header for place, header in enumerate(look.header)
            if len(set(look.column(place)) - {""}) == rows and header not in draft.words.values()
        )  # fmt: skip
        sample = next(unique, look.header[0])
        remarks.append(f"to do: which column is the patient? '{sample}' is a guess")
    elif patient is None:
        remarks.append(
            f"to do: no column is known as the patient: each row of '{sample}' counts as a patient"
            " of its own; confirm, or name the pseudonym's column in `patient`"
        )
    patient = patient or str(sample)
    for header in (patient, sample):
        draft.columns.pop(str(header), None)
    return patient, patient if sample is None else sample


def translate(assay: AssayDraft, look: Look, sample: str, file: str) -> None:
    """An assay whose samples the sheet names in another column, or by their runs, as SDRF does."""
    own = column_of(assay, look)
    if own == sample or not assay.samples:
        return
    if own is not None:
        if sample not in look.header or not set(assay.samples) & set(
            look.column(look.header.index(sample))
        ):
            assay.facts["sample_column"] = own
            assay.comments["sample_column"] = "please confirm"
        return
    runs = {run_name(name) for name in assay.samples}
    for place, header in enumerate(look.header):
        if len(runs & {run_name(cell) for cell in look.column(place)}) > len(runs) / 2:
            assay.facts["samples"] = {"file": file, "from": header, "to": sample}
            return


def translate_through_key(
    assay: AssayDraft, look: Look, sample: str, tables: Tables, folder: Path
) -> Look | None:
    """The table that holds both the assay's own names and the sheet's, which translates them."""
    if not assay.samples or column_of(assay, look) or "samples" in assay.facts:
        return None
    known = set(look.column(look.header.index(sample))) - {""}
    for other in [*tables.others, *(sheet.look for sheet in tables.sheets)]:
        own = column_of(assay, other)
        shares = [len(known & set(other.column(n))) for n in range(len(other.header))]
        to = other.header[max(range(len(shares)), key=lambda place: shares[place])]
        if other.path != look.path and own is not None and own != to and max(shares) > 1:
            file = other.path.relative_to(folder).as_posix()
            assay.facts["samples"] = {"file": file, **layout_facts(other), "from": own, "to": to}
            return other
    return None
