# Only a generated study has this rule: its raw files, in the platforms' own formats.
if PLAN["simulate"]["files"]:

    rule simulate:
        output:
            PLAN["simulate"]["files"],
        params:
            given=PLAN["simulate"]["given"],
        log:
            "<results>/logs/simulate.log",
        script:
            "../scripts/simulate.py"
