"""Count the dues there are. What the version before writes while this runs is not counted: the check of the first night
(projects.counting.check_counts), or `manage check_counts`, puts that right and says so."""

from django.db import migrations

FILL = """
INSERT INTO projects_duecount
  (unit_id, path, duty, category, restricted, opens_on, due_on, "open", on_time, late, closed)
SELECT d.unit_id, d.path, d.duty, d.category, d.restricted, d.opens_on, d.due_on,
  SUM(CASE WHEN s.id IS NULL AND d.closed_on IS NULL THEN 1 ELSE 0 END),
  SUM(CASE WHEN r.happened_on <= d.due_on THEN 1 ELSE 0 END),
  SUM(CASE WHEN r.happened_on > d.due_on THEN 1 ELSE 0 END),
  SUM(CASE WHEN s.id IS NULL AND d.closed_on IS NOT NULL THEN 1 ELSE 0 END)
FROM projects_due d
LEFT JOIN projects_discharge s ON s.due_id = d.id AND s.undone_at IS NULL
LEFT JOIN projects_record r ON r.id = s.record_id
GROUP BY d.unit_id, d.path, d.duty, d.category, d.restricted, d.opens_on, d.due_on
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0007_due_counts")]

    operations = [migrations.RunSQL(FILL, "DELETE FROM projects_duecount")]
