"""Readers of assay files: one file per format, each with `read(facts, folder) -> RawAssay`."""
