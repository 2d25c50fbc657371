from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.report import write_report

    given = task.params.given
    output = Path(task.output[0])
    write_report(output.parents[1], given["analyses"], given["generated"], output)
