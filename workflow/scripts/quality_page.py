from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.report.cohort_quality import write_quality_page

    output = Path(task.output[0])
    write_quality_page(
        output.parents[1], task.wildcards.cohort, task.params.given["assays"], output
    )
