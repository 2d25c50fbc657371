# The expression filter for designs of several groups; counts.tsv is of make_goldens.R.
# Rscript make_filter.R, in this folder.
suppressPackageStartupMessages(library(edgeR))

# A high `min.count` tells the designs apart.
counts <- as.matrix(read.table("counts.tsv", header = TRUE, sep = "\t"))
arm <- rep(c("a", "b", "c", "d"), c(5, 3, 3, 4))
site <- rep(c("x", "y", "z"), 5)
set.seed(20160801)
age <- round(rnorm(15), 3)
designs <- list(
  group_4 = NULL,
  cell_means = model.matrix(~ 0 + arm),
  treatment = model.matrix(~ arm),
  two_factors = model.matrix(~ arm + site),
  with_age = model.matrix(~ arm + age),
  redundant = cbind(model.matrix(~ 0 + arm), 1)
)
kept <- sapply(names(designs), function(name) {
  if (name == "group_4") filterByExpr(counts, group = factor(arm, levels = c("e", "d", "c", "b", "a")), min.count = 100)
  else filterByExpr(counts, design = designs[[name]], min.count = 100)
})
loose <- filterByExpr(counts, group = arm, min.count = 3, min.total.count = 40)
large <- rep(arm, 4)
many <- filterByExpr(cbind(counts, counts, counts, counts), design = model.matrix(~ large), min.count = 100)
write.table(cbind(kept, loose, many) * 1, "filter_groups.tsv", sep = "\t", quote = FALSE, row.names = FALSE)
for (name in names(designs)[-1]) {
  write.table(designs[[name]], paste0("filter_", name, "_design.tsv"), sep = "\t", quote = FALSE, row.names = FALSE)
}
writeLines(c(R.version.string, paste("edgeR", packageVersion("edgeR"))), "sessionInfo_filter.txt")
