# Only a cohort that names no file of its own has such jobs: its files come from GEO.
rule download:
    output:
        "<results>/downloads/{file}",
    log:
        "<results>/logs/downloads/{file}.log",
    params:
        given=lookup(dpath="downloads/{file}", within=PLAN),
    script:
        "../scripts/download.py"
