from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.report.status import collect_status
    from immunosep_omics.tables import write_table

    write_table(collect_status(list(task.input)), task.output[0])
