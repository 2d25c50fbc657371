from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.errors import InputError
    from immunosep_omics.ingest.check.cohort import check_cohort
    from immunosep_omics.settings.assays import assay_facts
    from immunosep_omics.settings.cohort import Clinical
    from immunosep_omics.tables import write_table

    given = task.params.given
    check = check_cohort(
        task.wildcards.cohort,
        Clinical.model_validate(given["clinical"]),
        {name: assay_facts(facts) for name, facts in given["assays"].items()},
        Path(given["folder"]),
        given["multiqc"],
    )
    if check.problems:
        raise InputError(check.problems)
    write_table(check.found, task.output[0])
