# Raw reads, for assays of `format: reads` only: checked, trimmed, quantified; ingest reads the rest.


rule reads_check:
    input:
        lookup(dpath="reads/{cohort}/{assay}/files", within=PLAN),
    output:
        "<results>/reads/{cohort}/{assay}.programs.tsv",
    log:
        "<results>/logs/reads_check/{cohort}.{assay}.log",
    priority: 10
    params:
        given=lookup(dpath="reads/{cohort}/{assay}/given", within=PLAN),
    script:
        "../scripts/reads_check.py"


rule reads_index:
    input:
        "<results>/reads/{cohort}/{assay}.programs.tsv",
        reference=lookup(dpath="reads/{cohort}/{assay}/reference", within=PLAN),
    output:
        directory("<results>/reads/{cohort}/{assay}.index"),
    log:
        "<results>/logs/reads_index/{cohort}.{assay}.log",
    threads: 4
    params:
        given=lookup(dpath="reads/{cohort}/{assay}/program", within=PLAN),
    script:
        "../scripts/reads_index.py"


rule reads_trim:
    input:
        "<results>/reads/{cohort}/{assay}.programs.tsv",
        reads=lookup(dpath="reads/{cohort}/{assay}/samples/{sample}", within=PLAN),
    output:
        reads=temp(directory("<results>/reads/{cohort}/{assay}/{sample}/trimmed")),
        summary="<results>/reads/{cohort}/{assay}/{sample}/fastp.json",
    log:
        "<results>/logs/reads_trim/{cohort}.{assay}.{sample}.log",
    wildcard_constraints:
        sample="[^/]+",
    threads: 4
    params:
        given=lookup(dpath="reads/{cohort}/{assay}/program", within=PLAN),
    script:
        "../scripts/reads_trim.py"


rule reads_quantify:
    input:
        index="<results>/reads/{cohort}/{assay}.index",
        reads="<results>/reads/{cohort}/{assay}/{sample}/trimmed",
    output:
        "<results>/reads/{cohort}/{assay}/{sample}/quant.sf",
    log:
        "<results>/logs/reads_quantify/{cohort}.{assay}.{sample}.log",
    wildcard_constraints:
        sample="[^/]+",
    threads: 4
    params:
        given=lookup(dpath="reads/{cohort}/{assay}/program", within=PLAN),
    script:
        "../scripts/reads_quantify.py"


rule reads_report:
    input:
        lookup(dpath="reads/{cohort}/{assay}/quantified", within=PLAN),
    output:
        "<results>/reads/{cohort}/{assay}.multiqc.tsv",
    log:
        "<results>/logs/reads_report/{cohort}.{assay}.log",
    params:
        given=lookup(dpath="reads/{cohort}/{assay}/program", within=PLAN),
    script:
        "../scripts/reads_report.py"
