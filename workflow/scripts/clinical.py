from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.ingest import read_clinical, write_clinical
    from immunosep_omics.settings.cohort import Clinical

    given = task.params.given
    clinical = read_clinical(
        task.wildcards.cohort,
        Clinical.model_validate(given["clinical"]),
        Path(given["folder"]),
        given["sample_columns"],
    )
    write_clinical(clinical, task.output.table, task.output.names, task.output.steps)
