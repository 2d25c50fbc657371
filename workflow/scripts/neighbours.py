from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.endotype.neighbours import neighbours
    from immunosep_omics.tables import read_table, write_table

    given = task.params.given
    table, status = neighbours(read_table(task.input.factors), given["seed"])
    write_table(table, task.output.neighbours)
    write_table(status, task.output.status)
