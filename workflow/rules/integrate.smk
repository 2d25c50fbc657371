rule integrate_analysis:
    input:
        assays=lookup(dpath="analysis/{analysis}/normalised", within=PLAN),
        clinical=lookup(dpath="analysis/{analysis}/clinical", within=PLAN),
    output:
        factors="<results>/analyses/{analysis}/factors.tsv",
        loadings="<results>/analyses/{analysis}/loadings.tsv",
        shares="<results>/analyses/{analysis}/shares.tsv",
        components="<results>/analyses/{analysis}/components.tsv",
        reliability="<results>/analyses/{analysis}/reliability.tsv",
        status="<results>/analyses/{analysis}/status/integrate.tsv",
    log:
        "<results>/logs/integrate/{analysis}.log",
    params:
        given=lookup(dpath="analysis/{analysis}/integrate", within=PLAN),
    script:
        "../scripts/integrate.py"


rule harmonisation:
    input:
        assays=lookup(dpath="analysis/{analysis}/normalised", within=PLAN),
        clinical=lookup(dpath="analysis/{analysis}/clinical", within=PLAN),
        factors="<results>/analyses/{analysis}/factors.tsv",
    output:
        measures="<results>/analyses/{analysis}/harmonisation.tsv",
    log:
        "<results>/logs/harmonisation/{analysis}.log",
    params:
        given=lookup(dpath="analysis/{analysis}/harmonisation", within=PLAN),
    script:
        "../scripts/harmonisation.py"


rule integrate:
    input:
        expand(
            "<results>/analyses/{analysis}/harmonisation.tsv",
            analysis=PLAN["analyses"],
        ),
        expand("<results>/analyses/{analysis}/factors.tsv", analysis=PLAN["analyses"]),
