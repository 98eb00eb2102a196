"""From what a coordinator chooses to the plan that the schedule is drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from annotations.design.allocation import Assignment
from annotations.design.case_order import blinded_numbers, case_order
from annotations.design.plan import Plan
from annotations.design.protocol import ReaderStudyDesign
from spinestudy.imaging.models import ImagingStudy


@dataclass(frozen=True)
class ArmDesign:
    """One arm; `pipeline` empty means that no AI is shown.

    is_training: its readings show the reference after each answer and count in no statistic.
    """

    label: str
    pipeline: str = ""
    is_training: bool = False


UNAIDED = ArmDesign("Unaided")
TRAINING = ArmDesign("Training", is_training=True)


def plan_of(
    seed: int,
    imaging_studies: Sequence[ImagingStudy],
    codes: Mapping[str, str],
    arms: Sequence[ArmDesign],
    design: ReaderStudyDesign,
) -> tuple[Plan, dict[str, str], list[str]]:
    """What the schedule is drawn from: the plan, exam UID -> blinded number, and spare numbers.

    codes: user name -> reader code. Spare numbers, from the same shuffle, are for hidden repeats.
    """
    uids = [exam.study_instance_uid for exam in imaging_studies]
    n_training = sum(arm.is_training for arm in arms)
    pivotal = [arm.label for arm in arms if not arm.is_training]
    plan = Plan(
        design=design.design,
        seed=seed,
        arms=pivotal,
        readers=list(codes.values()),
        cases=uids,
        caps={codes[name]: cap for name, cap in design.caps.items() if name in codes},
        common=design.common,
        groups=design.groups,
        repeat_fraction=design.repeat_fraction,
        repeat_lag=design.repeat_lag,
        first_period=1 + n_training,
    )
    spares = [f"spare {place}" for place in range(plan.most_repeats)]
    numbers = blinded_numbers(seed, [*uids, *spares])
    plan = replace(plan, cases=[numbers[uid] for uid in uids])
    return plan, {uid: numbers[uid] for uid in uids}, [numbers[spare] for spare in spares]


def training_rows(plan: Plan, arms: Sequence[ArmDesign]) -> list[Assignment]:
    """Every reader reads every case in the training arms, which come first."""
    training = [arm.label for arm in arms if arm.is_training]
    return [
        Assignment(reader, period, order, case, label)
        for reader in plan.readers
        for period, label in enumerate(training, start=1)
        for order, case in enumerate(case_order(plan.seed, reader, period, plan.cases), start=1)
    ]
