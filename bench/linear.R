# What bench/linear.py is measured against; arguments as harness.R says.
suppressPackageStartupMessages({
  library(limma)
  library(edgeR)
})
source("harness.R")
values <- read("values")
design <- t(read("design"))
block <- rep(seq_len(ncol(values) / 2), each = 2)
result <- timed(switch(task,
  voom = function() eBayes(lmFit(voom(values, design), design)),
  chain = function() eBayes(lmFit(voom(calcNormFactors(DGEList(values)), design), design)),
  fit = function() eBayes(lmFit(values, design)),
  repeats = ,
  repeats_gaps = function() duplicateCorrelation(values, design, block = block)
))
if (is(result, "MArrayLM")) {
  answer(t = result$t)
} else {
  answer(correlation = result$consensus.correlation)
}
