"""Statistical kernels: arrays in, arrays out."""
