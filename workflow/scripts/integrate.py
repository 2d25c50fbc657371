from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.assay import read_assay
    from immunosep_omics.integrate import integrate
    from immunosep_omics.integrate.tenths import without_tenth
    from immunosep_omics.tables import read_tables, write_table

    given = task.params.given
    clinical = read_tables(task.input.clinical, given["clinical"])
    if "without_tenth" in given:
        clinical = without_tenth(clinical, given["without_tenth"], given["seed"])
    result = integrate(
        [read_assay(path, given["clinical"]) for path in task.input.assays],
        clinical,
        given["discover_in"],
        given["samples"],
        given["harmonise"],
        given["integrate"],
        given["rna"],
        given["asked"],
        read_tables(task.input.clinical, given["confounding"]),
    )
    write_table(result.factors, task.output.factors)
    write_table(result.loadings, task.output.loadings)
    write_table(result.shares, task.output.shares)
    write_table(result.components, task.output.components)
    write_table(result.reliability, task.output.reliability)
    write_table(result.status, task.output.status)
