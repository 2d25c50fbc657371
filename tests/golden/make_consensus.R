# Makes consensus_*.tsv: 70 samples in three loose groups, and what ConsensusClusterPlus makes of them.
# Usage, from this folder: Rscript make_consensus.R
# Needs ConsensusClusterPlus (versions used: sessionInfo_consensus.txt).
#
# ConsensusClusterPlus does not say which samples and features a resample held. Its distance and its
# clusterer can be functions of one's own: these note what they are given and do as "euclidean" and
# "hc" do, which is checked against these at the same seed. Where features are drawn no names come
# with the values, so samples and features are told by the values, no two of which are equal.

suppressPackageStartupMessages(library(ConsensusClusterPlus))
source("save.R")
pdf(NULL)

set.seed(20100301)
features <- 50
samples <- 70
most <- 6
group <- rep(1:3, c(30, 25, 15))
values <- matrix(rnorm(features * samples), features) +
  (0.7 * matrix(rnorm(features * 3), features))[, group]
values <- round(values, 9)
stopifnot(!anyDuplicated(values))
dimnames(values) <- list(paste0("f", 1:features), paste0("s", 1:samples))
save(values, "consensus_values")

inner <- "average"
drawn <- kept <- list()
noted_distance <- function(x) {
  drawn[[length(drawn) + 1]] <<- colnames(values)[col(values)[match(x[, 1], values)]]
  kept[[length(kept) + 1]] <<- rownames(values)[row(values)[match(x[1, ], values)]]
  dist(x)
}
noted_trees <- function(distances, k) {
  drawn[[length(drawn) + 1]] <<- labels(distances)
  cutree(hclust(distances, method = inner), k)
}
run <- function(clusterer, distance, share) {
  drawn <<- kept <<- list()
  invisible(capture.output(suppressMessages(result <- ConsensusClusterPlus(
    values, maxK = most, reps = 80, pItem = 0.8, pFeature = share, clusterAlg = clusterer,
    distance = distance, innerLinkage = inner, finalLinkage = "average", seed = 7
  ))))
  result
}
# (resamples, names): 1 where a resample held the name; the notes are one for each resample and k.
members <- function(notes, names) {
  once <- notes[seq(1, length(notes), by = length(notes) / 80)]
  t(sapply(once, function(own) as.numeric(names %in% own)))
}
matrices <- function(result) {
  upper <- upper.tri(result[[2]]$consensusMatrix)
  found <- sapply(2:most, function(k) result[[k]]$consensusMatrix[upper])
  colnames(found) <- paste0("k", 2:most)
  found
}
for (name in c("average", "complete", "ward.D2")) {
  inner <- name
  own <- run("hc", "euclidean", 1)
  noted <- run("noted_trees", "euclidean", 1)
  stopifnot(identical(matrices(own), matrices(noted)))
  short <- sub("ward.D2", "ward", name, fixed = TRUE)
  save(matrices(own), paste0("consensus_", short))
  if (name == "average") {
    save(members(drawn, colnames(values)), "consensus_drawn")
    classes <- sapply(2:most, function(k) own[[k]]$consensusClass)
    colnames(classes) <- paste0("k", 2:most)
    save(classes, "consensus_classes")
    says <- suppressMessages(calcICL(own))
    clusters <- says$clusterConsensus
    save(clusters, "consensus_of_clusters")
    items <- says$itemConsensus
    items$item <- as.integer(sub("s", "", items$item))
    items <- items[order(items$k, items$cluster, items$item), c("k", "cluster", "item", "itemConsensus")]
    save(as.matrix(items), "consensus_of_samples")
  }
}
inner <- "average"
own <- run("hc", "euclidean", 0.7)
noted <- run("hc", "noted_distance", 0.7)
stopifnot(identical(matrices(own), matrices(noted)))
save(matrices(own), "consensus_some_features")
save(members(drawn, colnames(values)), "consensus_some_features_drawn")
save(members(kept, rownames(values)), "consensus_some_features_kept")

writeLines(c(
  R.version.string, R.version$platform,
  paste("ConsensusClusterPlus", packageVersion("ConsensusClusterPlus"))
), "sessionInfo_consensus.txt")
