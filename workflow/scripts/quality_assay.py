from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.assay import read_assay
    from immunosep_omics.ingest.quality.cohort import assay_tables
    from immunosep_omics.tables import read_table, write_table

    features, drift = assay_tables(read_assay(task.input.raw), read_table(task.input.qc))
    write_table(features, task.output.features)
    write_table(drift, task.output.drift)
