from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.assay import write_assay
    from immunosep_omics.ingest import assay_quality, ingest_assay, read_clinical_table
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
    features, drift = assay_quality(raw, quality)
    write_assay(raw, task.output.raw)
    write_table(quality, task.output.qc)
    write_table(features, task.output.feature_qc)
    write_table(drift, task.output.drift)
    write_table(notes, task.output.steps)
    write_table(mapping, task.output.mapping)
