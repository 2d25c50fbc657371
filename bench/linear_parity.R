# What limma says of bench/linear_parity.py's data: Rscript linear_parity.R FOLDER TASK FEATURES COEFFICIENTS
suppressPackageStartupMessages(library(limma))
arguments <- commandArgs(TRUE)
read <- function(name, rows) {
  path <- file.path(arguments[1], name)
  matrix(readBin(path, "double", file.size(path) / 8), rows)
}
values <- read("values", as.integer(arguments[3])) # Python wrote samples x features, row by row
design <- t(read("design", as.integer(arguments[4])))
block <- read("block", 1)
correlation <- read("correlation", 1)
fit <- switch(arguments[2],
  voom = eBayes(lmFit(voom(values, design), design)),
  fit = eBayes(lmFit(values, design)),
  trend = eBayes(lmFit(values, design), trend = TRUE),
  repeats = eBayes(lmFit(values, design, block = as.vector(block), correlation = as.vector(correlation)))
)
write <- function(x, name) writeBin(as.double(x), file.path(arguments[1], name))
write(fit$coefficients, "coefficient")
write(fit$t, "t")
write(fit$p.value, "p")
write(apply(fit$p.value, 2, p.adjust, "BH"), "fdr")
write(fit$df.prior, "df_prior")
