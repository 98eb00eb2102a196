"""DECIDE-AI: early clinical evaluation (Vasey et al. 2022, BMJ 377:e070904)."""

from typing import Final

from annotations.reporting.final_report.checklists.items import Checklist, Item

DECIDE_AI: Final = Checklist(
    "decide-ai",
    "DECIDE-AI (Vasey et al. 2022)",
    "Numbers follow the published list: 1 to 17 on AI, I to X generic. The list is made for early "
    "clinical use; a reader study on stored exams answers part of it.",
    (
        Item("1", "Title says early clinical evaluation of AI, and the problem"),
        Item("I", "Structured abstract"),
        Item("2", "Intended use: patients, users, place in care"),
        Item("II", "Objectives", ("primary",)),
        Item("III", "Protocol, registration, ethics", ("amendments", "hashes")),
        Item("3", "How patients and users were recruited and trained", ("readers", "case-mix")),
        Item("4", "The AI: version, algorithm, inputs, outputs", ("hashes", "design")),
        Item("5", "Setting and place of AI in the workflow", ("design",)),
        Item("IV", "Primary and secondary outcomes", ("primary", "multiplicity")),
        Item("6", "How errors and harm were looked for", ("switches",)),
        Item("7", "Human factors: tools, methods, frameworks", ("times", "confidence", "reliance")),
        Item("V", "Statistical analysis, missing data", ("methods", "missing")),
        Item("8", "Ethics and fairness"),
        Item("VI", "Involvement of patients"),
        Item("9", "Characteristics of patients and users", ("readers", "case-mix")),
        Item("10", "Use of AI as intended; changes to the workflow", ("deviations", "flow")),
        Item("VII", "Main results", ("primary-arms", "accuracy-arms")),
        Item("VIII", "Subgroups", ("seniority",)),
        Item("11", "Changes to AI or hardware during the reader study", ("amendments", "hashes")),
        Item("12", "Agreement of users with AI", ("changed-answers", "reliance")),
        Item("13", "Errors and harm found", ("switches",)),
        Item("14", "Human factors found; learning", ("times", "order-effect", "confidence")),
        Item("15", "Whether the results support the intended use"),
        Item("16", "What the results say of safety"),
        Item("IX", "Strengths and limits"),
        Item("17", "Where data and code can be had", ("identity",)),
        Item("X", "Conflicts of interest"),
    ),
)
