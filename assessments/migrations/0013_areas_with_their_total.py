from __future__ import annotations

from typing import Any

from django.db import migrations

import criteria.fields
from criteria.tally import NodeTally

BATCH = 500


def gather(apps: Any, schema_editor: Any) -> None:
    nodes: dict[tuple[int, str], dict[str, NodeTally]] = {}
    areas = apps.get_model("assessments", "AreaTotal").objects.order_by("criterion__position", "pk")
    for pk, layer, code, *node in areas.values_list(
        "assessment_id", "layer", "criterion__code", "points", "applicable", "answered", "leaves"
    ):
        nodes.setdefault((pk, layer), {})[code] = NodeTally(*node)
    LayerTotal = apps.get_model("assessments", "LayerTotal")
    totals = list(LayerTotal.objects.order_by("pk"))
    for total in totals:
        total.nodes = nodes.get((total.assessment_id, total.layer), {})
    LayerTotal.objects.bulk_update(totals, ["nodes"], batch_size=BATCH)


def scatter(apps: Any, schema_editor: Any) -> None:
    AreaTotal = apps.get_model("assessments", "AreaTotal")
    tops = apps.get_model("criteria", "Criterion").objects.filter(parent=None)
    keys = {(of, code): pk for of, code, pk in tops.values_list("criteria_set_id", "code", "pk")}
    totals = apps.get_model("assessments", "LayerTotal").objects.select_related("assessment__cohort")
    AreaTotal.objects.bulk_create(
        [
            AreaTotal(
                assessment_id=total.assessment_id,
                layer=total.layer,
                criterion_id=keys[total.assessment.cohort.criteria_set_id, code],
                **node._asdict(),
            )
            for total in totals.order_by("pk")
            for code, node in total.nodes.items()
        ],
        batch_size=BATCH,
    )


class Migration(migrations.Migration):

    dependencies = [
        ("assessments", "0012_deed_of_reopening"),
    ]

    operations = [
        migrations.AddField(
            model_name="layertotal",
            name="nodes",
            field=criteria.fields.NodesField(
                default=dict, verbose_name="điểm từng lĩnh vực, điểm thưởng và điểm trừ"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(gather, scatter),
        migrations.DeleteModel(name="AreaTotal"),
    ]
