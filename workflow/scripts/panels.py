from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.assay import read_assay
    from immunosep_omics.biomarkers.panels import build_panels
    from immunosep_omics.tables import read_table, read_tables, write_table
    from immunosep_omics.transforms.panel import PanelRecipe

    given = task.params.given
    built = build_panels(
        [read_assay(path) for path in task.input.assays],
        read_tables(task.input.clinical, given["clinical"]),
        read_table(task.input.endotypes),
        given["outcome"],
        PanelRecipe(
            given["harmonise"], given["panel"]["candidates"], given["panel"]["mixing"],
            given["panel"]["impute"],
        ),
        given["seed"],
        given["analysis"],
    )
    write_table(built.panels, task.output.panels)
    write_table(built.members, task.output.members)
    write_table(built.predictions, task.output.predictions)
    write_table(built.imputed, task.output.imputed)
    write_table(built.status, task.output.status)
