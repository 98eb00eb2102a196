"""GRRAS: reliability and agreement (Kottner et al. 2011, J Clin Epidemiol 64:96)."""

from typing import Final

from annotations.reporting.final_report.checklists.items import Checklist, Item

GRRAS: Final = Checklist(
    "grras",
    "GRRAS (Kottner et al. 2011)",
    "Numbers follow the published list of 15 items.",
    (
        Item("1", "Title or abstract say that agreement or reliability is the subject"),
        Item("2", "What was graded, on which scale", ("design", "prevalence")),
        Item("3", "Which patients the cases stand for", ("case-mix",)),
        Item("4", "Which readers the readers stand for", ("readers",)),
        Item("5", "What is known already, and why this was done"),
        Item("6", "Numbers of readers, cases and repeats, and how they were chosen", ("design",)),
        Item("7", "How cases and readers were sampled"),
        Item("8", "How reading went: interval, information, blinding", ("design", "methods")),
        Item("9", "Whether readers read independently of each other", ("design",)),
        Item("10", "Statistical analysis", ("methods", "citations")),
        Item(
            "11", "How many readers, cases and repeats there were in the end", ("flow", "missing")
        ),
        Item("12", "What readers and cases were like", ("readers", "case-mix", "prevalence")),
        Item(
            "13",
            "Estimates with their uncertainty",
            ("primary-arms", "agreement-coefficients", "intra-reader"),
        ),
        Item("14", "What the results mean in practice"),
        Item("15", "Detailed results", ("pair-differences", "per-reader", "identity")),
    ),
)
