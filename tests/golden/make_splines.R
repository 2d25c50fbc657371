# Makes splines_*.tsv: natural cubic splines through 40 points, and straight on beyond them.
# Usage, from this folder: Rscript make_splines.R
# Needs splines, which comes with R (version used: sessionInfo_splines.txt). Rows are points.

library(splines)
source("save.R")

set.seed(20090201)
x <- sort(round(c(runif(20, 0, 5), rexp(20, 0.05)), 3))
x[7:9] <- x[7] # ties
beyond <- c(min(x) - c(10, 1), max(x) + c(0.5, 30))
save(cbind(x = c(x, beyond), beyond = rep(0:1, c(length(x), length(beyond)))), "splines_points")

for (df in 2:6) {
  basis <- ns(x, df = df, intercept = TRUE)
  every <- rbind(basis, predict(basis, beyond))
  colnames(every) <- paste0("basis", seq_len(df))
  save(every, paste0("splines_", df))
  knots <- cbind(knots = sort(c(attr(basis, "Boundary.knots"), attr(basis, "knots"))))
  save(knots, paste0("splines_", df, "_knots"))
}
writeLines(R.version.string, "sessionInfo_splines.txt")
