# Only a generated study has this rule: its raw files, in the platforms' own formats.
if PLAN["simulate"]["files"]:

    rule simulate:
        output:
            PLAN["simulate"]["files"],
        log:
            "<results>/logs/simulate.log",
        params:
            given=PLAN["simulate"]["given"],
        script:
            "../scripts/simulate.py"
