from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.assay import read_assay
    from immunosep_omics.integrate.measures import measure
    from immunosep_omics.tables import read_table, read_tables, write_table

    given = task.params.given
    table = measure(
        [read_assay(path) for path in task.input.assays],
        read_tables(task.input.clinical, given["clinical"]),
        read_table(task.input.factors),
        given["discover_in"],
        given["harmonise"],
        given["asked"],
        given["seed"],
        given["analysis"],
    )
    write_table(table, task.output.measures)
