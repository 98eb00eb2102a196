"""The dashboard's numbers as they go out. Views are plain data already; these describe them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from annotations.api.serializers import ReaderStudyNameSerializer


class AgreementScaleSerializer(s.Serializer[Any]):
    code = s.CharField()
    scores = s.ListField(child=s.IntegerField())
    labels = s.ListField(child=s.CharField())


class AgreementArmSerializer(s.Serializer[Any]):
    id = s.IntegerField()
    label = s.CharField()  # type: ignore[assignment]


class AgreementReaderSerializer(s.Serializer[Any]):
    code = s.CharField()
    name = s.CharField()
    seniority = s.CharField(allow_blank=True)
    is_withdrawn = s.BooleanField()


class EstimateSerializer(s.Serializer[Any]):
    """value, ci: null where `undefined` says why."""

    value = s.FloatField(allow_null=True)
    ci = s.ListField(child=s.FloatField(), allow_null=True)
    n_items = s.IntegerField()
    n_patients = s.IntegerField()
    undefined = s.CharField(allow_null=True)


class AgreementPairSerializer(EstimateSerializer):
    """ac1, pabak: where the prevalence index is above 0.6 or below -0.6."""

    a = s.CharField()
    b = s.CharField()
    prevalence_index = s.FloatField(allow_null=True)
    ac1 = s.FloatField(allow_null=True)
    pabak = s.FloatField(allow_null=True)


class AgreementItemHeadSerializer(s.Serializer[Any]):
    code = s.CharField()
    name = s.CharField()
    scale = AgreementScaleSerializer()
    weights = s.CharField()


class AgreementItemSerializer(AgreementItemHeadSerializer):
    readers = AgreementReaderSerializer(many=True)
    pairs = AgreementPairSerializer(many=True)


class AgreementItemNameSerializer(s.Serializer[Any]):
    code = s.CharField()
    name = s.CharField()


class AgreementProgressSerializer(s.Serializer[Any]):
    """median_s: of the work on a submitted case; null where `no_time` says why."""

    reader = s.CharField()
    name = s.CharField()
    arm = s.CharField()
    done = s.IntegerField()
    total = s.IntegerField()
    median_s = s.FloatField(allow_null=True)
    no_time = s.CharField(allow_null=True)


class AgreementSerializer(s.Serializer[Any]):
    """slices_viewed: after the lock; ai: the pipeline that stands beside this arm's readers."""

    reader_study = ReaderStudyNameSerializer()
    arms = AgreementArmSerializer(many=True)
    arm = s.IntegerField()
    computed_at = s.DateTimeField()
    is_locked = s.BooleanField()
    least_patients = s.IntegerField()
    slices_viewed = s.IntegerField(allow_null=True)
    ai = s.CharField(allow_null=True)
    item_names = AgreementItemNameSerializer(many=True)
    items = AgreementItemSerializer(many=True)
    progress = AgreementProgressSerializer(many=True)


class NamedEstimateSerializer(EstimateSerializer):
    name = s.CharField()


class AgreementPairTableSerializer(s.Serializer[Any]):
    """counts: rows a, columns b, in the order of the scale; null where `withheld` says why."""

    arm = s.IntegerField()
    item = AgreementItemHeadSerializer()
    a = s.CharField()
    b = s.CharField()
    n_items = s.IntegerField()
    n_patients = s.IntegerField()
    withheld = s.CharField(allow_null=True)
    counts = s.ListField(child=s.ListField(child=s.IntegerField()), allow_null=True)
    statistics = NamedEstimateSerializer(many=True)


class StratumSerializer(EstimateSerializer):
    """n_items, n_patients: with grades of two readers or more; n_pairs: pairs in the mean."""

    label = s.CharField()  # type: ignore[assignment]
    n_pairs = s.IntegerField()


class AgreementStrataSerializer(s.Serializer[Any]):
    arm = s.IntegerField()
    item = AgreementItemHeadSerializer()
    coefficient = s.CharField()
    by = s.CharField()
    choices = AgreementItemNameSerializer(many=True)
    overall = StratumSerializer(allow_null=True)
    rows = StratumSerializer(many=True)
    slices_viewed = s.IntegerField(allow_null=True)


class AgreementAiSerializer(s.Serializer[Any]):
    arm = s.IntegerField()
    item = AgreementItemHeadSerializer()
    coefficient = s.CharField()
    pipeline = s.CharField()
    overall = StratumSerializer()
    rows = StratumSerializer(many=True)
    slices_viewed = s.IntegerField(allow_null=True)
