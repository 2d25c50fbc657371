# What bench/consensus.py is measured against; arguments as harness.R says. `given`: most clusters,
# resamples, seed. Plots cannot be turned off; they go nowhere.
suppressPackageStartupMessages(library(ConsensusClusterPlus))
source("harness.R")
pdf(NULL)
values <- read("values")
colnames(values) <- paste0("s", seq_len(ncol(values)))
given <- c(read("given"))
result <- timed(function() {
  invisible(capture.output(suppressWarnings(suppressMessages(found <- ConsensusClusterPlus(
    values, maxK = given[1], reps = given[2], pItem = 0.8, pFeature = 1, clusterAlg = task,
    distance = "euclidean", innerLinkage = "average", seed = given[3]
  )))))
  found
})
answer(matrices = do.call(cbind, lapply(2:given[1], function(k) c(result[[k]]$consensusMatrix))))
