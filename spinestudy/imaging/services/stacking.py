"""Build the stacks of one series anew from what its instances hold."""

from __future__ import annotations

from collections.abc import Sequence

from spinestudy.imaging.dicom.fitness import fixed_voi, reading_flags
from spinestudy.imaging.dicom.frames import StoredFrame
from spinestudy.imaging.dicom.series_role import series_role
from spinestudy.imaging.dicom.stacks import StackPlan, split_into_stacks
from spinestudy.imaging.models import Frame, Instance, Series, Stack


def rebuild_stacks(series: Series) -> list[Stack]:
    """Replace the stacks and frames of a series; the caller holds the row lock of the series.

    A stack that goes on holding some of its slices keeps its row, so that what points to it
    stays right. A stack that would vanish while something points to it raises
    django.db.models.ProtectedError.
    """
    instances = list(series.instances.order_by("id"))
    instance_ids = {one.sop_instance_uid: one.pk for one in instances}
    plans = split_into_stacks(_stored_frames(instances))
    plans.sort(key=lambda plan: min(instance_ids[f.sop_instance_uid] for f in plan.frames))
    rows = _matched(series, plans, instance_ids)
    Frame.objects.filter(stack__series=series).delete()
    kept = [row.pk for row in rows if row.pk]
    series.stacks.exclude(pk__in=kept).delete()
    for number, row in enumerate(rows):
        row.index = number + 1_000_000  # out of the way of the unique constraint
        row.save()
    for number, (row, plan) in enumerate(zip(rows, plans, strict=True)):
        _fill(row, plan, plans, series)
        row.index = number
        row.full_clean(exclude=["series"])
        row.save()
        Frame.objects.bulk_create(_frames(row, plan, instance_ids))
    return rows


def _stored_frames(instances: Sequence[Instance]) -> list[StoredFrame]:
    return [
        StoredFrame.from_json(instance.sop_instance_uid, data)
        for instance in instances
        for data in instance.frame_headers
    ]


def _matched(series: Series, plans: list[StackPlan], instance_ids: dict[str, int]) -> list[Stack]:
    """Give each plan the existing row with which it shares most slices, else a new one."""
    owner: dict[tuple[int, int], int] = {
        (instance, number): stack
        for instance, number, stack in Frame.objects.filter(stack__series=series).values_list(
            "instance_id", "frame_number", "stack_id"
        )
    }
    existing = {row.pk: row for row in series.stacks.all()}
    rows: list[Stack] = []
    for plan in plans:
        shared: dict[int, int] = {}
        for frame in plan.frames:
            key = (instance_ids[frame.sop_instance_uid], frame.header.frame_number)
            if owner.get(key) in existing:
                shared[owner[key]] = shared.get(owner[key], 0) + 1
        best = max(shared, key=lambda pk: shared[pk]) if shared else None
        rows.append(existing.pop(best) if best is not None else _blank(series, plan))
    return rows


def _blank(series: Series, plan: StackPlan) -> Stack:
    row = Stack(series=series)
    _fill(row, plan, [plan], series)
    return row


def _fill(row: Stack, plan: StackPlan, all_plans: Sequence[StackPlan], series: Series) -> None:
    frame = plan.frames[0]
    header, pixels = frame.header, frame.pixels
    role = series_role(header.pulse, header.image_type, header.description, series.modality)
    flags, is_fit = reading_flags(plan, all_plans)
    row.plane = plan.plane
    row.weighting = role.label
    row.weighting_source = role.source
    row.weighting_confidence = role.confidence
    row.is_fat_suppressed = role.is_fat_suppressed
    row.is_contrast_enhanced = role.is_contrast_enhanced
    row.is_reference_for_reading = is_fit
    row.rows, row.columns = header.rows, header.columns
    row.row_spacing_mm, row.column_spacing_mm = header.row_spacing_mm, header.column_spacing_mm
    row.slice_spacing_mm = plan.slice_spacing_mm
    row.slice_count = len(plan.frames)
    row.orientation_lps = list(plan.orientation.six) if plan.orientation else None
    row.frame_of_reference_uid = header.frame_of_reference_uid
    row.photometric_interpretation = pixels.photometric_interpretation
    row.voi_center, row.voi_width = fixed_voi(plan.frames)
    row.flags = [*plan.flags, *flags, *role.notes]


def _frames(row: Stack, plan: StackPlan, instance_ids: dict[str, int]) -> list[Frame]:
    return [
        Frame(
            stack=row,
            instance_id=instance_ids[one.sop_instance_uid],
            frame_number=one.header.frame_number,
            stack_position=position,
            position_lps=list(one.header.position_lps) if one.header.position_lps else None,
            orientation_lps=(
                list(one.header.orientation_lps) if one.header.orientation_lps else None
            ),
            rescale_slope=one.header.rescale_slope,
            rescale_intercept=one.header.rescale_intercept,
            bits_allocated=one.pixels.bits_allocated,
            is_signed=one.pixels.is_signed,
            samples_per_pixel=one.pixels.samples_per_pixel,
            pixel_min=one.pixels.pixel_min,
            pixel_max=one.pixels.pixel_max,
            pixel_path=one.pixels.path,
        )
        for position, one in enumerate(plan.frames)
    ]
