"""Dated registers of the field: the duty list and its editions, settings, party units; opinions and answers, appended."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from yimen.kernel.matters.models import Matter
from yimen.kernel.words import Called


class GridTask(Called, models.Model):
    """A task that grids carry out, in the period in which this version is on the list."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField()
    name = models.TextField()
    name_en = models.TextField()
    actions = ArrayField(models.TextField(), help_text="find, report, first_response, assist")
    what = models.TextField(help_text="what the worker does, in one or two sentences")
    what_en = models.TextField()
    frequency = models.TextField()
    basis = models.TextField(help_text="statute or paper with its article")
    organ_code = models.TextField(help_text="the organ whose duty it is")
    evidence = models.TextField(default="", help_text="records asked for; empty when none are")
    minutes = models.IntegerField(default=0, help_text="estimated minutes a month for each grid")
    is_pushable = models.BooleanField(default=False)
    source = models.TextField(help_text="number of the document that put it on the list")
    valid = DateRangeField()

    class Meta:
        db_table = "duties_grid_task"
        constraints = (
            ExclusionConstraint(
                name="grid_task_once_at_a_time",
                expressions=[("code", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这个事项在这段时间已经有一个版本。"),
            ),
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^\d{4}$"), name="grid_task_code_4_digits"
            ),
        )

    def __str__(self) -> str:
        return self.name


class TaskListEdition(models.Model):
    """A publication of the list: its document number, and from when to when it is the one in force."""

    id = models.UUIDField(primary_key=True)
    number = models.TextField(unique=True)
    title = models.TextField()
    published_on = models.DateField()
    valid = DateRangeField()

    class Meta:
        db_table = "duties_task_list_edition"
        constraints = (
            ExclusionConstraint(
                name="task_list_edition_once_at_a_time",
                expressions=[("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这段时间已经有一版清单。"),
            ),
        )

    def __str__(self) -> str:
        return self.number


class DutySetting(models.Model):
    """A number that the county sets, with its source, in the period in which it holds."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    value = models.DecimalField(max_digits=9, decimal_places=3)
    source = models.TextField()
    valid = DateRangeField()

    class Meta:
        db_table = "duties_setting"
        constraints = (
            ExclusionConstraint(
                name="duty_setting_once_at_a_time",
                expressions=[("name", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这个标准在这段时间已经有一个数。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class PartyUnit(models.Model):
    """The party branch or party group set up on a grid, in the period in which it exists there."""

    id = models.UUIDField(primary_key=True)
    grid_code = models.TextField()
    name = models.TextField()
    kind = models.TextField(help_text="branch or group")
    source = models.TextField()
    valid = DateRangeField()

    class Meta:
        db_table = "duties_party_unit"
        constraints = (
            ExclusionConstraint(
                name="party_unit_once_at_a_time",
                expressions=[("grid_code", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这个网格在这段时间已经有党支部或党小组。"),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Opinion(models.Model):
    """What a township says on an admission; given once, answered in the decision."""

    id = models.UUIDField(primary_key=True)
    admission = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    township_code = models.TextField(help_text="9 digits")
    stance = models.TextField()
    reason = models.TextField()
    given_by = models.TextField(help_text="name, as the ledger keeps it")
    given_at = models.DateTimeField()

    class Meta:
        db_table = "duties_opinion"
        constraints = (
            models.UniqueConstraint(
                fields=["admission", "township_code"],
                name="one_opinion_a_township",
                violation_error_message=_("这个乡镇（街道）已经提过意见。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.township_code} {self.stance}"


class RoundAnswer(models.Model):
    """What a grid answers to a round; given once."""

    id = models.UUIDField(primary_key=True)
    round = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    grid_code = models.TextField()
    outcome = models.TextField()
    note = models.TextField(default="")
    incident_number = models.TextField(
        default="", help_text="number of the incident reported, when something was found"
    )
    answered_by = models.TextField(help_text="name, as the ledger keeps it")
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "duties_round_answer"
        constraints = (
            models.UniqueConstraint(
                fields=["round", "grid_code"],
                name="one_answer_a_grid",
                violation_error_message=_("这个网格已经答复过。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.grid_code} {self.outcome}"
