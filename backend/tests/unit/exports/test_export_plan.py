from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.core.fields import Field
from firmograph.exports.plan import added_columns, export_columns, replaced_columns, surplus_of, unique_columns

BASE = [f"enriched_{name}" for name in ("domain", "outcome", "reason", "match", "sources", "credits", "note")]


def test_added_columns_follow_the_originals_which_keep_blanks_and_duplicates(make_plan):
    plan = make_plan(columns=("Site", "", "Site", " Owner "), extra_columns=2, fields=(Field.NAME, Field.PHONE))
    assert export_columns(plan) == [
        *("Site", "", "Site", " Owner "),
        *("extra_1", "extra_2"),
        *BASE,
        *("enriched_name", "enriched_phone"),
    ]


def test_provenance_stands_right_after_its_field(make_plan):
    plan = make_plan(fields=(Field.CITY, Field.NAME), with_provenance=True)
    assert added_columns(plan)[len(BASE) :] == [
        *("enriched_city", "enriched_city_provider", "enriched_city_observed_at"),
        *("enriched_name", "enriched_name_provider", "enriched_name_observed_at"),
    ]


def test_an_export_read_back_in_has_the_same_columns_again(make_plan):
    first = make_plan(columns=("Site", "Notes"), extra_columns=1, fields=tuple(Field), with_provenance=True)
    again = make_plan(columns=tuple(export_columns(first)), fields=tuple(Field), with_provenance=True)
    assert export_columns(again) == export_columns(first)
    assert replaced_columns(again) == added_columns(first)


def test_columns_of_an_earlier_run_are_replaced_whatever_fields_it_had(make_plan):
    plan = make_plan(
        columns=("Site", "enriched_domain", "Enriched_Ticker ", "enriched_city_observed_at"), fields=(Field.NAME,)
    )
    assert replaced_columns(plan) == ["enriched_domain", "Enriched_Ticker ", "enriched_city_observed_at"]
    assert export_columns(plan) == ["Site", *BASE, "enriched_name"]


def test_a_users_own_column_that_we_never_write_is_kept(make_plan):
    plan = make_plan(columns=("enriched_by", "enriched", "name"))
    assert replaced_columns(plan) == []
    assert export_columns(plan)[:3] == ["enriched_by", "enriched", "name"]


def test_extra_names_pass_over_a_column_of_that_name(make_plan):
    plan = make_plan(columns=("extra_1", "a"), extra_columns=2)
    assert export_columns(plan)[2:4] == ["extra_2", "extra_3"]


def test_unique_names_leave_the_first_and_any_real_name_alone(make_plan):
    plan = make_plan(columns=("a", "a", "", "a_2", " ", "column_3", "a"), fields=())
    assert unique_columns(plan)[:7] == ["a", "a_3", "column_3_2", "a_2", "column_5", "column_3", "a_4"]


@settings(max_examples=100)
@given(st.lists(st.sampled_from(["", " ", "a", "a_2", "a_3", "column_1", "extra_1", "enriched_name"]) | st.text()))
def test_unique_names_are_unique_not_blank_and_in_place(make_plan, columns):
    plan = make_plan(columns=tuple(columns), extra_columns=2)
    names = unique_columns(plan)
    assert len(set(names)) == len(names) == len(export_columns(plan))
    assert all(name.strip() for name in names)
    for plain, unique in zip(export_columns(plan), names, strict=True):
        assert unique.startswith(plain) or not plain.strip()
        assert plain in names or not plain.strip()


def test_surplus_counts_cells_of_a_list_and_one_column_for_keys_without_one():
    assert surplus_of(("a", "b"), ["1"]) == 0
    assert surplus_of(("a", "b"), ["1", "2", "3", "4"]) == 2
    assert surplus_of(("a", "b"), {"b": 1}) == 0
    assert surplus_of(("a", "b"), {"a": 1, "c": 2, "d": 3}) == 1
    assert surplus_of(("a", "b"), {"a": 1, "enriched_name": "replaced"}) == 0
