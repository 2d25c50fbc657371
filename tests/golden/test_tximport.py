"""Counts of genes from those of transcripts, against R's tximport."""

import numpy as np

from immunosep_omics.ingest.rna.transcripts import gene_sums, length_scaled_counts

TOLERANCE = {"rtol": 1e-9, "atol": 1e-9}


def parts(rows):
    """Codes of genes; counts, TPM and lengths as samples x transcripts."""
    table = rows("transcripts")
    return table[:, 0].astype(int) - 1, *(table[:, 1 + 4 * n : 5 + 4 * n].T for n in range(3))


def test_estimated_counts(rows, samples):
    codes, counts, _, _ = parts(rows)
    np.testing.assert_allclose(gene_sums(counts, codes), samples("transcripts_counts"), **TOLERANCE)


def test_length_scaled_tpm(rows, samples):
    codes, counts, tpm, lengths = parts(rows)
    ours = length_scaled_counts(counts, tpm, lengths, codes)
    np.testing.assert_allclose(ours, samples("transcripts_length_scaled"), **TOLERANCE)


def test_order_of_transcripts_does_not_matter(rows, samples):
    codes, *values = parts(rows)
    order = np.random.default_rng(1).permutation(len(codes))
    ours = length_scaled_counts(*(block[:, order] for block in values), codes[order])
    np.testing.assert_allclose(ours, samples("transcripts_length_scaled"), **TOLERANCE)
