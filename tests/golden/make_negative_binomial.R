# Negative binomial models of counts. Rscript make_negative_binomial.R, in this folder.
suppressPackageStartupMessages(library(DESeq2))
source("save.R")

set.seed(20141205)
samples <- 20
features <- 300
sick <- rep(c(1, 0), each = samples / 2)
age <- round(rnorm(samples), 3)
level <- exp(rnorm(features, 4.5, 1.3))
change <- ifelse(seq_len(features) <= 40, sample(c(-1, 1), features, TRUE), 0)
size <- exp(rnorm(samples, 0, 0.3))
expected <- outer(level, size) * 2^outer(change, sick)
counts <- matrix(rnbinom(features * samples, mu = expected, size = 1 / (0.1 + 1 / level)), features)
# Outliers of a feature without a partner in its group: replaced, since seven samples are alike.
counts[50, 3] <- counts[50, 3] * 60 + 5000
counts[60, 15] <- counts[60, 15] * 90 + 9000
counts[70, ] <- 0
sizes <- round(colSums(counts) * exp(rnorm(samples, 0, 0.1)))

fit <- function(design, coefficient) {
  data <- DESeqDataSetFromMatrix(counts, data.frame(sick, age), design)
  sizeFactors(data) <- sizes / exp(mean(log(sizes)))
  data <- DESeq(data, quiet = TRUE, useT = TRUE)
  found <- results(data, name = coefficient, independentFiltering = FALSE)
  as.matrix(found[, c("log2FoldChange", "lfcSE", "pvalue")])
}
save(counts, "negative_binomial_counts")
save(cbind(sick, age, sizes), "negative_binomial_samples")
save(fit(~ sick, "sick"), "negative_binomial_groups")
save(fit(~ age + sick, "sick"), "negative_binomial_adjusted")
writeLines(c(
  R.version.string, R.version$platform, paste("DESeq2", packageVersion("DESeq2"))
), "sessionInfo_negative_binomial.txt")
