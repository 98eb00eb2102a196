"""An R script (base R alone) that computes the primary result anew from the long data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.primary import Primary

HEAD: Final = """\
# Computes the primary result of the final report anew, from long.csv, with base R alone.
# Run in the folder of long.csv:  Rscript primary.R
options(digits = 10)
answers <- read.csv("long.csv", colClasses = "character")
answers$code <- suppressWarnings(as.integer(answers$code))
answers$reference_code <- suppressWarnings(as.integer(answers$reference_code))
item <- {item}
K <- {k}
weights <- {weights}
arms <- c({arms})
readers <- c({readers})
comparisons <- list({comparisons})
here <- answers[answers$item == item & answers$counted == "true", ]
cell_of <- function(rows) paste(rows$case, rows$disc_level, rows$side)
cells <- unique(here[, c("patient", "case", "disc_level", "side", "reference_code")])
cells <- cells[order(cell_of(cells)), ]
names_of_cells <- cell_of(cells)
patient <- cells$patient
grid <- seq_len(K) - 1
gap <- abs(outer(grid, grid, "-")) / (K - 1)
v <- switch(weights, quadratic = gap^2, linear = gap, nominal = (gap > 0) * 1)
codes_of <- function(arm, reader) {{
  own <- here[here$arm == arm & here$reader == reader, ]
  own$code[match(names_of_cells, cell_of(own))]
}}
kappa_of <- function(table) {{
  p <- table / sum(table)
  expected <- sum(v * outer(rowSums(p), colSums(p)))
  1 - sum(v * p) / expected
}}
counts_of <- function(a, b) {{
  keep <- !is.na(a) & !is.na(b)
  table(factor(a[keep], grid), factor(b[keep], grid))
}}
"""

PAIRS: Final = """\
pairs <- list({pairs})
# Influence of each patient on a weighted kappa (delta method, Vanbelle 2017).
influence_of <- function(a, b) {{
  keep <- !is.na(a) & !is.na(b)
  p <- unclass(counts_of(a, b)) / sum(keep)
  expected <- sum(v * outer(rowSums(p), colSums(p)))
  observed <- sum(v * p)
  margin <- outer(as.vector(v %*% colSums(p)), as.vector(t(v) %*% rowSums(p)), "+") - 2 * expected
  per_item <- -((v - observed) - observed / expected * margin) / expected
  moved <- per_item[cbind(a[keep] + 1, b[keep] + 1)] / sum(keep)
  tapply(moved, factor(patient[keep], all_patients), sum, default = 0)
}}
used <- rep(FALSE, length(patient))
for (arm in arms) for (pair in pairs) {{
  used <- used | (!is.na(codes_of(arm, pair[1])) & !is.na(codes_of(arm, pair[2])))
}}
all_patients <- sort(unique(patient[used]))
P <- length(all_patients)
value <- sapply(arms, function(arm) mean(sapply(pairs, function(pair)
  kappa_of(counts_of(codes_of(arm, pair[1]), codes_of(arm, pair[2]))))))
psi <- sapply(arms, function(arm) rowMeans(sapply(pairs, function(pair)
  influence_of(codes_of(arm, pair[1]), codes_of(arm, pair[2])))))
for (place in seq_along(arms)) cat("arm", arms[place], "kappa", value[place], "\\n")
for (one in comparisons) {{
  difference <- value[one[1]] - value[one[2]]
  se <- sqrt(P / (P - 1) * sum((psi[, one[1]] - psi[, one[2]])^2))
  half <- qt(0.975, P - 1) * se
  cat("difference", difference, "low", difference - half, "high", difference + half, "\\n")
  if (length(arms) == 2) {{
    F <- (difference / se)^2
    cat("F", F, "df", 1, "df2", P - 1, "p", pf(F, 1, P - 1, lower.tail = FALSE), "\\n")
  }}
}}
"""

REFERENCE: Final = """\
truth <- cells$reference_code
I <- length(arms)
J <- length(readers)
codes <- array(NA, c(I, J, length(patient)))
for (i in seq_len(I)) for (j in seq_len(J)) codes[i, j, ] <- codes_of(arms[i], readers[j])
if ({complete}) {{
  complete <- apply(!is.na(codes), 3, all) & !is.na(truth)
  codes <- codes[, , complete, drop = FALSE]
  truth <- truth[complete]
  patient <- patient[complete]
}}
known <- !is.na(truth) & apply(!is.na(codes), 3, any)
all_patients <- sort(unique(patient[known]))
P <- length(all_patients)
theta_of <- function(keep) {{
  theta <- matrix(NA, I, J)
  for (i in seq_len(I)) for (j in seq_len(J))
    theta[i, j] <- kappa_of(counts_of(codes[i, j, keep], truth[keep]))
  theta
}}
theta <- theta_of(rep(TRUE, length(truth)))
without <- sapply(all_patients, function(one) as.vector(theta_of(patient != one)))
centred <- without - rowMeans(without)
covariance <- (P - 1) / P * centred %*% t(centred)
arm_of <- rep(seq_len(I), J)
reader_of <- rep(seq_len(J), each = I)
same_arm <- outer(arm_of, arm_of, "==")
same_reader <- outer(reader_of, reader_of, "==")
error <- mean(covariance[same_arm & same_reader])
cov1 <- mean(covariance[!same_arm & same_reader])
cov2 <- mean(covariance[same_arm & !same_reader])
cov3 <- mean(covariance[!same_arm & !same_reader])
arm_mean <- rowMeans(theta)
reader_mean <- colMeans(theta)
ms_arm <- J * sum((arm_mean - mean(theta))^2) / (I - 1)
rest <- theta - outer(arm_mean, reader_mean, "+") + mean(theta)
ms_arm_reader <- sum(rest^2) / ((I - 1) * (J - 1))
shared <- max(cov2 - cov3, 0)
denominator <- ms_arm_reader + J * shared
df2 <- denominator^2 / (ms_arm_reader^2 / ((I - 1) * (J - 1)))
F <- ms_arm / denominator
for (i in seq_len(I)) cat("arm", arms[i], "kappa", arm_mean[i], "\\n")
for (one in comparisons) {{
  difference <- arm_mean[one[1]] - arm_mean[one[2]]
  half <- qt(0.975, df2) * sqrt(2 / J * denominator)
  cat("difference", difference, "low", difference - half, "high", difference + half, "\\n")
}}
cat("F", F, "df", I - 1, "df2", df2, "p", pf(F, I - 1, df2, lower.tail = FALSE), "\\n")
cat("error variance", error, "Cov1", cov1, "Cov2", cov2, "Cov3", cov3, "\\n")
"""


def r_text(text: str) -> str:
    """An R string; letters beyond ASCII as escapes, so that no locale can spoil them."""
    written = []
    for letter in text:
        if letter in '"\\':
            written.append("\\" + letter)
        elif " " <= letter <= "~":
            written.append(letter)
        else:
            written.append(f"\\U{{{ord(letter):x}}}")
    return '"' + "".join(written) + '"'


def _listed(names: Sequence[str]) -> str:
    return ", ".join(r_text(one) for one in names)


def primary_script(analysis: Analysis, primary: Primary | None) -> str:
    """The script; a comment alone where there is nothing that it could compute."""
    if primary is None or analysis.endpoint is None:
        return "# The protocol names no primary endpoint, so there is no primary result.\n"
    if primary.kind == "reference" and primary.design == "split_plot":
        return "# This script doesn't cover the split-plot design with a reference.\n"
    rated = analysis.focus
    pairs = analysis.pairs_of(rated, analysis.endpoint.reader_pairs)
    head = HEAD.format(
        item=r_text(rated.item.code),
        k=rated.k,
        weights=r_text(primary.weights),
        arms=_listed(analysis.arms),
        readers=_listed(analysis.readers),
        comparisons=", ".join(f"c({one + 1}, {two + 1})" for one, two in primary.comparisons),
    )
    if primary.kind == "reference":
        return head + REFERENCE.format(complete="TRUE" if primary.design == "crossed" else "FALSE")
    listed = [f"c({_listed([analysis.readers[a], analysis.readers[b]])})" for a, b in pairs]
    return head + PAIRS.format(pairs=", ".join(listed))
