"""JSON Schema of the configuration, for editors; `config/config.schema.json` is made from it."""

from __future__ import annotations

import json

from immunosep_omics.settings.cohort import Cohort
from immunosep_omics.settings.study import Study


def schema() -> str:
    """The schema of the study file, with the cohort file's under `$defs/Cohort`."""
    whole = Study.model_json_schema(by_alias=True)
    cohort = Cohort.model_json_schema(by_alias=True)
    definitions = {**cohort.pop("$defs", {}), **whole.pop("$defs", {}), "Cohort": cohort}
    whole["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    whole["$defs"] = dict(sorted(definitions.items()))
    return json.dumps(whole, indent=1, sort_keys=False, default=str) + "\n"


if __name__ == "__main__":
    from pathlib import Path

    Path("config/config.schema.json").write_text(schema(), encoding="utf-8")
