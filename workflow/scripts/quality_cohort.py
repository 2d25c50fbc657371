from immunosep_omics.rule import job

with job(snakemake) as task:
    import pandas as pd

    from immunosep_omics.assay import read_assay
    from immunosep_omics.ingest import read_clinical_table
    from immunosep_omics.ingest.quality.cohort import cohort_flags, measured, multiqc_table
    from immunosep_omics.tables import empty_table, read_table, write_table

    assays = {
        name: measured(read_assay(raw), read_table(quality))
        for name, raw, quality in zip(
            task.params.given["assays"], task.input.raw, task.input.qc, strict=True
        )
    }
    write_table(cohort_flags(task.wildcards.cohort, assays), task.output.flags)
    clinical = read_clinical_table(task.input.clinical, task.input.names)
    table = empty_table(["sample"])
    for path in task.input.multiqc:
        names = pd.DataFrame(clinical.assay_samples)
        table = multiqc_table(path, clinical.table.index, names)
    write_table(table, task.output.multiqc)
