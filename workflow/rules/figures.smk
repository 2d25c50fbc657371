rule figures_analysis:
    input:
        factors="<results>/analyses/{analysis}/factors.tsv",
        harmonisation="<results>/analyses/{analysis}/harmonisation.tsv",
        shares="<results>/analyses/{analysis}/shares.tsv",
        endotypes="<results>/analyses/{analysis}/endotypes.tsv",
        stability="<results>/analyses/{analysis}/stability.tsv",
        consensus="<results>/analyses/{analysis}/consensus.tsv",
        neighbours="<results>/analyses/{analysis}/neighbours.tsv",
        differential=lookup(
            dpath="analysis/{analysis}/differential_tables", within=PLAN
        ),
        biomarkers="<results>/analyses/{analysis}/biomarkers.tsv",
        panels="<results>/analyses/{analysis}/panels.tsv",
        predictions="<results>/analyses/{analysis}/panel_predictions.tsv",
    output:
        expand(
            "<results>/analyses/{{analysis}}/figures/{figure}.{ending}",
            figure=FIGURE_NAMES,
            ending=["pdf", "png", "tsv"],
        ),
    log:
        "<results>/logs/figures/{analysis}.log",
    params:
        given=lookup(dpath="analysis/{analysis}/figures", within=PLAN),
    script:
        "../scripts/figures.py"


rule figures:
    input:
        expand(
            "<results>/analyses/{analysis}/figures/{figure}.png",
            analysis=PLAN["analyses"],
            figure=FIGURE_NAMES,
        ),
