rule endotype_analysis:
    input:
        factors="<results>/analyses/{analysis}/factors.tsv",
        components="<results>/analyses/{analysis}/components.tsv",
        reliability="<results>/analyses/{analysis}/reliability.tsv",
        clinical=lookup(dpath="analysis/{analysis}/clinical", within=PLAN),
    output:
        endotypes="<results>/analyses/{analysis}/endotypes.tsv",
        stability="<results>/analyses/{analysis}/stability.tsv",
        consensus="<results>/analyses/{analysis}/consensus.tsv",
        status="<results>/analyses/{analysis}/status/endotype.tsv",
    log:
        "<results>/logs/endotype/{analysis}.log",
    threads: 2
    params:
        given=lookup(dpath="analysis/{analysis}/endotype", within=PLAN),
    script:
        "../scripts/endotype.py"


# Apart from the endotypes, because scanpy is slow to start and nothing else waits for it.
rule neighbours:
    input:
        factors="<results>/analyses/{analysis}/factors.tsv",
    output:
        neighbours="<results>/analyses/{analysis}/neighbours.tsv",
        status="<results>/analyses/{analysis}/status/neighbours.tsv",
    log:
        "<results>/logs/neighbours/{analysis}.log",
    params:
        given=lookup(dpath="analysis/{analysis}/neighbours", within=PLAN),
    script:
        "../scripts/neighbours.py"


rule export:
    input:
        assays=lookup(dpath="analysis/{analysis}/normalised", within=PLAN),
        clinical=lookup(dpath="analysis/{analysis}/clinical", within=PLAN),
        factors="<results>/analyses/{analysis}/factors.tsv",
        endotypes="<results>/analyses/{analysis}/endotypes.tsv",
        neighbours="<results>/analyses/{analysis}/neighbours.tsv",
    output:
        integrated="<results>/analyses/{analysis}/integrated.h5mu",
    log:
        "<results>/logs/export/{analysis}.log",
    params:
        given=lookup(dpath="analysis/{analysis}/export", within=PLAN),
    script:
        "../scripts/export.py"


rule endotype:
    input:
        expand("<results>/analyses/{analysis}/endotypes.tsv", analysis=PLAN["analyses"]),
        expand(
            "<results>/analyses/{analysis}/neighbours.tsv", analysis=PLAN["analyses"]
        ),
        expand(
            "<results>/analyses/{analysis}/integrated.h5mu", analysis=PLAN["analyses"]
        ),
