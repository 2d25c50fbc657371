# Makes detection_*.tsv: exact tests of 24 generated features, in one stratum and in three.
# Usage, from this folder: Rscript make_detection.R
# Needs base R (version used: sessionInfo_detection.txt). Rows of detection.tsv are samples.

save <- function(x, name) {
  text <- ifelse(is.na(x), "NA", formatC(x, digits = 17, format = "g", width = 1))
  dim(text) <- dim(x)
  write.table(rbind(colnames(x), text), paste0(name, ".tsv"),
              sep = "\t", quote = FALSE, row.names = FALSE, col.names = FALSE)
}

set.seed(11)
samples <- 36
features <- 24
level <- rep(c(1, 0), c(16, 20))
stratum <- rep(1:3, 12)
share <- rep(c(0.15, 0.5, 0.85), length.out = features)
shift <- rep(c(0, 0.3), each = features / 2)
detected <- sapply(seq_len(features), function(f) {
  rbinom(samples, 1, pmin(share[f] + shift[f] * level, 1))
})
detected[, 1] <- level          # all and no detections
detected[, 2] <- 1              # detected everywhere
detected[, 3] <- 0
detected[1, 3] <- 1             # detected once

row <- function(test) {
  c(log2(test$estimate), log2(test$conf.int[1]), log2(test$conf.int[2]), test$p.value)
}
one <- t(sapply(seq_len(features), function(f) {
  row(fisher.test(factor(detected[, f], c(1, 0)), factor(level, c(1, 0))))
}))
several <- t(sapply(seq_len(features), function(f) {
  table <- table(factor(detected[, f], c(1, 0)), factor(level, c(1, 0)), stratum)
  if (f == 2) return(rep(NA, 4))  # mantelhaen.test refuses what is told by no stratum
  row(mantelhaen.test(table, exact = TRUE))
}))
columns <- c("log2_odds", "low", "high", "p")
save(`colnames<-`(cbind(level, stratum, detected), c("level", "stratum", paste0("f", 1:features))),
     "detection")
save(`colnames<-`(one, columns), "detection_fisher")
save(`colnames<-`(several, columns), "detection_mantelhaen")
writeLines(capture.output(sessionInfo()), "sessionInfo_detection.txt")
