rule differential_assay:
    input:
        assays=lookup(dpath="analysis/{analysis}/normalised_of/{assay}", within=PLAN),
        clinical=lookup(dpath="analysis/{analysis}/clinical", within=PLAN),
        endotypes="<results>/analyses/{analysis}/endotypes.tsv",
    output:
        table="<results>/analyses/{analysis}/differential/{assay}.tsv",
        status="<results>/analyses/{analysis}/status/differential.{assay}.tsv",
    log:
        "<results>/logs/differential/{analysis}.{assay}.log",
    params:
        given=lookup(dpath="analysis/{analysis}/differential", within=PLAN),
    script:
        "../scripts/differential.py"


rule differential:
    input:
        lookup(dpath="differential_tables", within=PLAN),
