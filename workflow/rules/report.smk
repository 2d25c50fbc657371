rule provenance:
    input:
        lookup(dpath="provenance/files", within=PLAN),
        assays=lookup(dpath="normalised_assays", within=PLAN),
    output:
        "<results>/provenance/settings.yaml",
        "<results>/provenance/inputs.tsv",
        "<results>/provenance/packages.tsv",
        "<results>/provenance/clinical_columns.tsv",
        "<results>/provenance/methods.md",
    log:
        "<results>/logs/provenance.log",
    params:
        given=lookup(dpath="provenance/given", within=PLAN),
    script:
        "../scripts/provenance.py"


rule status:
    input:
        lookup(dpath="status_tables", within=PLAN),
    output:
        "<results>/status.tsv",
    log:
        "<results>/logs/status.log",
    params:
        given=lookup(dpath="status/given", within=PLAN),
    script:
        "../scripts/status.py"


rule report:
    input:
        "<results>/status.tsv",
        "<results>/provenance/methods.md",
        "<results>/quality/duplicates.tsv",
        lookup(dpath="quality_pages/pages", within=PLAN),
        lookup(dpath="truth", within=PLAN),
        expand(
            "<results>/analyses/{analysis}/integrated.h5mu", analysis=PLAN["analyses"]
        ),
        expand(
            "<results>/analyses/{analysis}/{compared}.tsv",
            analysis=PLAN["analyses"],
            compared=["integrators", "robustness"],
        ),
        expand(
            "<results>/analyses/{analysis}/figures/{figure}.png",
            analysis=PLAN["analyses"],
            figure=FIGURE_NAMES,
        ),
    output:
        "<results>/report/index.html",
    log:
        "<results>/logs/report.log",
    params:
        given=lookup(dpath="report/given", within=PLAN),
    script:
        "../scripts/report.py"
