"""The clinical tables of a cohort: one row per sample, columns of known meaning."""
