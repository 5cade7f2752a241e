"""xitun/templatetags/charts.py: what is drawn beside the numbers of a table."""

from xitun.templatetags import charts


def test_it_stacks_parts_of_a_whole():
    drawn = charts.stacked("green", 3, "red", 1)
    assert 'class="fill-green" x="0%" width="75.0%"' in drawn
    assert 'class="fill-red" x="75.0%" width="25.0%"' in drawn
    assert "NaN" not in charts.stacked("green", 0, "red", 0)


def test_a_hair_of_a_bar_is_seen_and_none_is_none():
    assert 'width="0.8%"' in charts.bar(1, 1000)
    assert charts.bar(0, 1000).count('width="0.0%"') == 1
    assert 'x="25.0%" width="50.0%"' in charts.bar(5, 10, "", True)


def test_the_parts_of_a_column_stand_on_one_another():
    assert 'fill-green" y="60.0%" width="100%" height="40.0%"' in charts.upright(10, "green", 4, "amber", 1)
    assert 'fill-amber" y="50.0%" width="100%" height="10.0%"' in charts.upright(10, "green", 4, "amber", 1)
