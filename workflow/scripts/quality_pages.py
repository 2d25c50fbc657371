from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.report.cohort_quality import write_quality_page

    given = task.params.given
    for (cohort, assays), page in zip(given["cohorts"].items(), task.output, strict=True):
        write_quality_page(Path(page).parents[1], cohort, assays, given["generated"], Path(page))
