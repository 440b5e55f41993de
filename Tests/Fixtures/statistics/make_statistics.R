# Reference values of R: metafor's random effects, and base R's epsilons of within-subject effects.
# Rscript make_statistics.R INPUT.json-like text on stdin is not needed: the data are those of make_statistics.py, as CSV files.
suppressMessages(library(metafor))
folder <- commandArgs(trailingOnly = TRUE)[1]
number <- function(x) formatC(as.numeric(x), digits = 17, format = "g")
out <- function(name, values) cat(name, number(values), sep = " ", fill = 100000)
for (set in c("spread", "alike", "bcg", "three")) {
  d <- read.csv(file.path(folder, paste0(set, ".csv")))
  strict <- list(threshold = 1e-14, maxiter = 100000)
  m <- rma(d$y, d$v, method = "REML", test = "knha", control = strict)
  pr <- predict(m)
  ci <- tryCatch(confint(m, control = list(tol = 1e-13, maxiter = 10000))$random,
    error = function(e) matrix(NA, 4, 3))
  out(paste0("meta.", set), c(m$b, m$se, m$ci.lb, m$ci.ub, m$pval, m$tau2, m$I2 / 100, pr$pi.lb, pr$pi.ub,
    ci[1, 2], ci[1, 3], ci[3, 2] / 100, ci[3, 3] / 100))
}
d <- as.matrix(read.csv(file.path(folder, "two.csv"), header = FALSE))
design <- expand.grid(b = factor(1:4), a = factor(1:3))
fit <- lm(d ~ 1)
effect <- function(M, X) {
  s <- anova(fit, M = M, X = X, idata = design, test = "Spherical")
  head <- attr(s, "heading")
  value <- function(word) as.numeric(sub(".*: *", "", grep(word, head, value = TRUE)))
  # The printed heading has few digits: the epsilons again from the residual covariance.
  c(s$F[1], s[1, "num Df"], s[1, "den Df"], s[1, "Pr(>F)"], s[1, "G-G Pr"], s[1, "H-F Pr"], value("Greenhouse"),
    value("Huynh"))
}
out("two.a", effect(~a, ~1))
out("two.b", effect(~a + b, ~a))
out("two.ab", effect(~a * b, ~a + b))
