# What R says about local false discovery rates and surrogate variables.
# Usage, from this folder: Rscript make_surrogate_variables.R
# Needs sva (version used: sessionInfo_surrogate_variables.txt). Rows are features.

suppressPackageStartupMessages(library(sva))
options(warn = 1)

save <- function(x, name) {
  x <- as.matrix(x) + 0
  text <- formatC(x, digits = 17, format = "g", width = 1)
  dim(text) <- dim(x)
  header <- if (is.null(colnames(x))) paste0("V", seq_len(ncol(x))) else colnames(x)
  write.table(rbind(header, text), paste0(name, ".tsv"),
              sep = "\t", quote = FALSE, row.names = FALSE, col.names = FALSE)
}

set.seed(11)
p <- c(runif(300), rbeta(100, 0.3, 4))
save(cbind(p = p, lfdr = sva:::edge.lfdr(p)), "local_fdr")

features <- 300
samples <- 24
group <- rep(0:1, each = 12)
age <- rnorm(samples)
hidden <- cbind(c(rep(0:1, 9), rep(1, 6)), rnorm(samples))
moves <- function(share) rnorm(features) * (runif(features) < share)
values <- matrix(rnorm(features * samples, 8), features) + 2 * outer(moves(0.5), hidden[, 1]) +
  outer(moves(0.4), hidden[, 2]) + 2 * outer(moves(0.2), group) + outer(moves(0.2), age)
values <- round(values, 4)
save(values, "surrogate_values")
save(cbind(group = group, age = age), "surrogate_design")
full <- model.matrix(~ age + group)
null <- model.matrix(~age)
quietly <- function(expression) { sink(nullfile()); on.exit(sink()); expression }
save(quietly(sva(values, full, null, n.sv = 2))$sv, "surrogate_two")
save(quietly(sva(values, full, null, n.sv = 1))$sv, "surrogate_one")
save(cbind(be = num.sv(values, full, method = "be", seed = 1)), "surrogate_number")

writeLines(c(
  R.version.string, R.version$platform, paste("sva", packageVersion("sva"))
), "sessionInfo_surrogate_variables.txt")
