rule biomarkers_analysis:
    input:
        tables=lookup(dpath="analysis/{analysis}/differential_tables", within=PLAN),
    output:
        biomarkers="<results>/analyses/{analysis}/biomarkers.tsv",
    log:
        "<results>/logs/biomarkers/{analysis}.log",
    params:
        given=lookup(dpath="analysis/{analysis}/biomarkers", within=PLAN),
    script:
        "../scripts/biomarkers.py"


rule panels:
    input:
        assays=lookup(dpath="analysis/{analysis}/normalised", within=PLAN),
        clinical=lookup(dpath="analysis/{analysis}/clinical", within=PLAN),
        endotypes="<results>/analyses/{analysis}/endotypes.tsv",
    output:
        panels="<results>/analyses/{analysis}/panels.tsv",
        members="<results>/analyses/{analysis}/panel_members.tsv",
        predictions="<results>/analyses/{analysis}/panel_predictions.tsv",
        imputed="<results>/analyses/{analysis}/panel_imputed.tsv",
        status="<results>/analyses/{analysis}/status/panels.tsv",
    log:
        "<results>/logs/panels/{analysis}.log",
    params:
        given=lookup(dpath="analysis/{analysis}/panels", within=PLAN),
    script:
        "../scripts/panels.py"


rule biomarkers:
    input:
        expand(
            "<results>/analyses/{analysis}/biomarkers.tsv", analysis=PLAN["analyses"]
        ),
        expand("<results>/analyses/{analysis}/panels.tsv", analysis=PLAN["analyses"]),
