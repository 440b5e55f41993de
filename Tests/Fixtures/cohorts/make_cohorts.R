# Reference values of meta-analyses in one stage and with clusters: REML by nlme and by its formula, CR2 by clubSandwich on metafor.
# Rscript make_cohorts.R > cohorts.json
suppressMessages({library(metafor); library(clubSandwich); library(nlme)})
number <- function(x) paste0("[", paste(trimws(formatC(as.numeric(x), digits = 15, format = "g")), collapse = ","), "]")
y <- c(.21, .35, .28, .05, .12, .44, .31, .26); v <- c(.001, .004, .0015, .0008, .0012, .002, .001, .003)
out <- c()
for (name in c("pairs", "uneven")) {
  cluster <- list(pairs = c(0, 0, 1, 1, 2, 2, 3, 3), uneven = c(0, 0, 0, 1, 1, 2, 3, 4))[[name]]
  m <- rma(y, v, method = "REML", control = list(threshold = 1e-14, maxiter = 100000))
  t <- coef_test(m, vcov = vcovCR(m, cluster = cluster, type = "CR2"), test = "Satterthwaite")
  df <- if (is.null(t$df_Satt)) t$df else t$df_Satt
  p <- if (is.null(t$p_Satt)) t$p else t$p_Satt
  out <- c(out, sprintf('"%s":{"y":%s,"v":%s,"clusters":%s,"found":%s}', name, number(y), number(v), number(cluster),
    number(c(t$beta, t$SE, df, p))))
}
samples <- list(spread = list(c(.1, .22, .31, .18), c(.45, .52, .38), c(.05, -.02, .11, .2, .07), c(.3, .41)),
  alike = list(c(.1, .5, .3), c(.2, .35, .28, .4), c(.31, .12)))
for (name in names(samples)) {
  s <- samples[[name]]
  d <- data.frame(y = unlist(s), g = factor(rep(seq_along(s), lengths(s))))
  # The variances where the restricted likelihood is largest, its formula written out.
  n <- lengths(s); means <- sapply(s, mean); within <- sum((d$y - means[d$g])^2); N <- nrow(d); k <- length(s)
  minus2 <- function(par) { s2 <- exp(par[1]); t2 <- if (par[2] < -30) 0 else exp(par[2]); w <- 1 / (s2 / n + t2)
    mu <- sum(w * means) / sum(w)
    (N - k) * log(s2) + within / s2 + sum(log(s2 / n + t2)) + log(sum(w)) + sum(w * (means - mu)^2) }
  best <- Inf; at <- NULL
  for (start in list(c(log(var(d$y)), log(var(d$y))), c(log(var(d$y)), -12))) {
    o <- optim(start, minus2, control = list(reltol = 1e-15, maxit = 100000))
    o <- optim(o$par, minus2, control = list(reltol = 1e-15, maxit = 100000))
    if (o$value < best) { best <- o$value; at <- o$par }
  }
  fit <- lme(y ~ 1, random = ~1 | g, data = d, method = "REML", control = lmeControl(tolerance = 1e-12, msTol = 1e-12))
  out <- c(out, sprintf('"%s":{"samples":[%s],"found":%s}', name, paste(sapply(s, number), collapse = ","),
    number(c(fixef(fit), as.numeric(VarCorr(fit)[, 1]), exp(at[2]), exp(at[1])))))
}
cat("{", paste(out, collapse = ",\n"), "}\n", sep = "")
