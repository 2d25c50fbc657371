# Variants of an analysis are run by its own scripts, with other settings. Only the report waits.
rule integrate_variant:
    input:
        assays=lookup(
            dpath="analysis/{analysis}/variants/{variant}/normalised", within=PLAN
        ),
        clinical=lookup(
            dpath="analysis/{analysis}/variants/{variant}/clinical", within=PLAN
        ),
    output:
        factors="<results>/analyses/{analysis}/variants/{variant}/factors.tsv",
        loadings="<results>/analyses/{analysis}/variants/{variant}/loadings.tsv",
        shares="<results>/analyses/{analysis}/variants/{variant}/shares.tsv",
        components="<results>/analyses/{analysis}/variants/{variant}/components.tsv",
        reliability="<results>/analyses/{analysis}/variants/{variant}/reliability.tsv",
        status="<results>/analyses/{analysis}/variants/{variant}/status/integrate.tsv",
    log:
        "<results>/logs/variants/{analysis}.{variant}.integrate.log",
    params:
        given=lookup(
            dpath="analysis/{analysis}/variants/{variant}/integrate", within=PLAN
        ),
    script:
        "../scripts/integrate.py"


rule endotype_variant:
    input:
        factors="<results>/analyses/{analysis}/variants/{variant}/factors.tsv",
        components="<results>/analyses/{analysis}/variants/{variant}/components.tsv",
        reliability="<results>/analyses/{analysis}/variants/{variant}/reliability.tsv",
        clinical=lookup(
            dpath="analysis/{analysis}/variants/{variant}/clinical", within=PLAN
        ),
    output:
        endotypes="<results>/analyses/{analysis}/variants/{variant}/endotypes.tsv",
        stability="<results>/analyses/{analysis}/variants/{variant}/stability.tsv",
        consensus="<results>/analyses/{analysis}/variants/{variant}/consensus.tsv",
        status="<results>/analyses/{analysis}/variants/{variant}/status/endotype.tsv",
    log:
        "<results>/logs/variants/{analysis}.{variant}.endotype.log",
    params:
        given=lookup(
            dpath="analysis/{analysis}/variants/{variant}/endotype", within=PLAN
        ),
    script:
        "../scripts/endotype.py"


rule variants:
    input:
        own=[
            "<results>/analyses/{analysis}/factors.tsv",
            "<results>/analyses/{analysis}/endotypes.tsv",
        ],
        others=lookup(
            dpath="analysis/{analysis}/compared/{compared}/endotypes", within=PLAN
        ),
    output:
        table="<results>/analyses/{analysis}/{compared}.tsv",
    log:
        "<results>/logs/variants/{analysis}.{compared}.log",
    wildcard_constraints:
        compared="integrators|robustness",
    params:
        given=lookup(dpath="analysis/{analysis}/compared/{compared}/given", within=PLAN),
    script:
        "../scripts/variants.py"
