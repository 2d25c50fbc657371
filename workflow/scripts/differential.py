from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.assay import read_assay
    from immunosep_omics.differential import compare
    from immunosep_omics.tables import read_table, read_tables, write_table

    given = task.params.given
    table, status = compare(
        [read_assay(path, given["clinical"]) for path in task.input.assays],
        read_tables(task.input.clinical, given["clinical"]),
        read_table(task.input.endotypes),
        given["contrasts"],
        given["labels_given"] or task.wildcards.assay in given["held_out"],
        task.wildcards.assay,
        given["choices"],
        given["seed"],
        given["meta"],
    )
    write_table(table, task.output.table)
    write_table(status, task.output.status)
