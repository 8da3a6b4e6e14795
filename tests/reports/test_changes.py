"""What a save changed: small, and enough to undo it."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.contents.changes import differences, touched, undone

SURELY = settings(
    max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
TEXTS = st.text("ab\n", max_size=12)
CONTENTS = st.fixed_dictionaries(
    {
        "head": st.fixed_dictionaries({"place": TEXTS}),
        "basis": st.lists(st.sampled_from(["12/KH", "13/KH"]), max_size=2),
        "narrative": st.fixed_dictionaries(
            {
                "tasks": TEXTS,
                "causes": TEXTS,
                "by_code": st.dictionaries(
                    st.sampled_from(["1", "1.2", "a-b"]), TEXTS.filter(bool), max_size=3
                ),
            }
        ),
    },
    optional={"newer": st.booleans()},
)


@SURELY
@given(CONTENTS, CONTENTS)
def test_every_save_can_be_undone(before, after):
    assert undone(after, *differences(before, after)) == before


@SURELY
@given(CONTENTS, CONTENTS)
def test_it_says_what_was_touched_and_nothing_else(before, after):
    names = set(touched(*differences(before, after)))
    assert bool(names) == (before != after)
    assert ("head" in names) == (before["head"] != after["head"])
    assert ("tasks" in names) == (before["narrative"]["tasks"] != after["narrative"]["tasks"])
    assert ("by_code-a-b" in names) == (
        before["narrative"]["by_code"].get("a-b") != after["narrative"]["by_code"].get("a-b")
    )


def test_what_is_the_same_before_and_after_is_left_out():
    before = {"narrative": {"tasks": "một\nhai\nba\nbốn"}}
    after = {"narrative": {"tasks": "một\nhai\nhai rưỡi\nba\nbốn"}}
    assert differences(before, after) == (
        {"content": {}, "texts": {"tasks": {"line": 2, "lines": []}}},
        {"content": {}, "texts": {"tasks": {"line": 2, "lines": ["hai rưỡi"]}}},
    )


def test_saves_that_kept_everything_whole_are_read_alike():
    before = {"head": {"place": "A"}, "narrative": {"tasks": "Cũ", "by_code": {"1": "x"}}}
    after = {"head": {"place": "A"}, "narrative": {"tasks": "Mới", "by_code": {}}}
    kept = {"content": before}, {"report": "a", "version": 2, "content": after}
    assert undone(after, *kept) == before
    assert sorted(touched(*kept)) == ["by_code-1", "tasks"]
