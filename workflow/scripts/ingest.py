from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.assay import write_assay
    from immunosep_omics.ingest import ingest_assay, read_clinical_table
    from immunosep_omics.settings.assays import assay_facts
    from immunosep_omics.tables import write_table

    given = task.params.given
    raw, quality, notes, mapping = ingest_assay(
        task.wildcards.cohort,
        task.wildcards.assay,
        assay_facts(given["assay"]),
        Path(given["folder"]),
        read_clinical_table(task.input.clinical, task.input.names),
    )
    write_assay(raw, task.output.raw)
    write_table(quality, task.output.qc)
    write_table(notes, task.output.steps)
    write_table(mapping, task.output.mapping)
