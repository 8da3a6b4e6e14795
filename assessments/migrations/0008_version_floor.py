from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0007_deeds_of_reports'),
    ]

    operations = [
        migrations.AddField(
            model_name='assessment',
            name='version_floor',
            field=models.PositiveIntegerField(default=0),
        ),
    ]
