from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.ingest.clinical.table import read_clinical_table
    from immunosep_omics.ingest.check.questions import samples_of, verdicts
    from immunosep_omics.settings.check import Asked
    from immunosep_omics.tables import read_table, write_table

    given = task.params.given
    samples = zip(task.input.clinical, task.input.names, strict=True)
    tables = [read_clinical_table(table, names).table for table, names in samples]
    found = verdicts(
        {name: Asked.model_validate(stated) for name, stated in given["asked"].items()},
        {str(table["cohort"].iloc[0]): table for table in tables},
        *samples_of(
            given["cohorts"], given["assays"], [read_table(path) for path in task.input.quality]
        ),
    )
    write_table(found, task.output[0])
