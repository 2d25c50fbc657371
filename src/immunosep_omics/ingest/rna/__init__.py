"""What counts of RNA share: one file per sample, transcripts, strands, cells."""
