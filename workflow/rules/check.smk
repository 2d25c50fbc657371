rule check_cohort:
    input:
        lookup(dpath="check/{cohort}/files", within=PLAN),
        study="<results>/study.txt",
    output:
        "<results>/checks/{cohort}.tsv",
    log:
        "<results>/logs/check/{cohort}.log",
    params:
        given=lookup(dpath="check/{cohort}/given", within=PLAN),
    script:
        "../scripts/check_cohort.py"


rule check:
    input:
        clinical=lookup(dpath="check_study/clinical", within=PLAN),
        names=lookup(dpath="check_study/names", within=PLAN),
        quality=lookup(dpath="check_study/quality", within=PLAN),
    output:
        "<results>/check.tsv",
    log:
        "<results>/logs/check.log",
    params:
        given=lookup(dpath="check_study/given", within=PLAN),
    script:
        "../scripts/check.py"
