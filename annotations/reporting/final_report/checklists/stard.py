"""STARD 2015 (Bossuyt et al., BMJ 351:h5527) with the additions of STARD-AI in our words."""

from typing import Final

from annotations.reporting.final_report.checklists.items import Checklist, Item

STARD_AI: Final = Checklist(
    "stard-ai",
    "STARD-AI, on the items of STARD 2015",
    "Numbers are those of STARD 2015; what STARD-AI adds stands below without numbers, because we "
    "haven't its published numbering.",
    (
        Item("1", "Title or abstract name a measure of accuracy"),
        Item("2", "Structured abstract"),
        Item("3", "Background, intended use of the test"),
        Item("4", "Objectives and hypotheses", ("primary",)),
        Item("5", "Planned before or after tests were made", ("amendments",)),
        Item("6", "Eligibility"),
        Item("7", "How eligible patients were found"),
        Item("8", "Where and when", ("case-mix",)),
        Item("9", "Consecutive, random or convenience series"),
        Item("10a", "Index test, so that it can be repeated", ("design", "hashes")),
        Item("10b", "Reference standard, so that it can be repeated", ("primary", "missing-items")),
        Item("11", "Why this reference standard"),
        Item("12a", "Thresholds of the index test", ("accuracy",)),
        Item("12b", "Thresholds of the reference standard", ("accuracy",)),
        Item("13a", "What readers of the index test knew", ("design",)),
        Item("13b", "What assessors of the reference knew"),
        Item("14", "How accuracy was estimated and compared", ("methods",)),
        Item("15", "Indeterminate results", ("missing",)),
        Item("16", "Missing data", ("missing",)),
        Item("17", "Variation of accuracy, planned or not", ("accuracy-arms", "seniority")),
        Item("18", "Sample size and how it was found"),
        Item("19", "Flow", ("flow-diagram", "flow")),
        Item("20", "Demographic and clinical characteristics", ("case-mix",)),
        Item("21a", "Severity of those with the condition", ("prevalence",)),
        Item("21b", "Other diagnoses of those without it"),
        Item("22", "Interval between index test and reference"),
        Item("23", "Cross table of index test and reference", ("two-by-two",)),
        Item("24", "Accuracy with its precision", ("two-by-two", "accuracy-arms")),
        Item("25", "Harm of tests"),
        Item("26", "Limits"),
        Item("27", "Meaning for practice"),
        Item("28", "Registration"),
        Item("29", "Where the protocol can be had", ("amendments", "hashes")),
        Item("30", "Funding"),
        Item("", "AI: version, inputs and outputs", ("hashes",)),
        Item("", "AI: how data for training and test were kept apart"),
        Item("", "AI: how people and AI worked together", ("design", "switches", "reliance")),
        Item("", "AI: failures and cases without output", ("hashes", "missing")),
        Item("", "AI: performance in subgroups and fairness"),
        Item("", "AI: where code, model and data can be had", ("identity",)),
    ),
)
