"""Raw reads: what is checked before any long work, and the programs that quantify them."""

from immunosep_omics.ingest.reads.fastq import check_reads
from immunosep_omics.ingest.reads.programs import (
    check_programs,
    index_command,
    quantify_command,
    report,
    run,
    trim_command,
)

__all__ = [
    "check_programs", "check_reads", "index_command", "quantify_command", "report", "run",
    "trim_command",
]  # fmt: skip
