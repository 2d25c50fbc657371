from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.assay import read_assay, write_multi_assay
    from immunosep_omics.integrate.export import export
    from immunosep_omics.tables import read_table, read_tables

    joined = export(
        [read_assay(path) for path in task.input.assays],
        read_tables(task.input.clinical),
        read_table(task.input.factors),
        read_table(task.input.endotypes),
        read_table(task.input.neighbours),
        task.params.given["harmonise"],
        task.params.given["discover_in"],
    )
    write_multi_assay(joined, task.output.integrated)
