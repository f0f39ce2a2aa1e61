"""Explorium's words: what is sent of a company, what an error's body says, and which row is about whom."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmograph.core.company import CompanyKey
from firmograph.providers.explorium.pairing import pair
from firmograph.providers.explorium.wire import Context, MatchItem, MatchRow, bare_host, company_page, complaint_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=10,
)


def sent(**given: str | None) -> dict[str, str]:
    return MatchItem.of(CompanyKey(key="k", **given)).to_json()


def test_only_what_is_set_is_sent() -> None:
    assert sent(domain="acme.com") == {"domain": "acme.com"}
    assert sent(domain="acme.com", name="  Acme \n Corp ") == {"name": "Acme Corp", "domain": "acme.com"}
    assert sent(domain="acme.com", name="  ") == sent(domain="acme.com", name="N/A") == {"domain": "acme.com"}
    assert sent(name="\x00") == {}
    assert MatchItem.of(CompanyKey(key="k", name=" ")).is_empty


def test_a_long_name_is_cut_to_what_is_taken() -> None:
    assert len(sent(name="é" * 300)["name"]) == 256


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://WWW.Acme.com:8080/path?q#f", "www.acme.com"),
        ("acme.com.", "acme.com"),
        ("//acme.com", "acme.com"),
        ("user@acme.com/x", "acme.com"),
        ("www.gov.uk", "www.gov.uk"),
        ("", None),
        (None, None),
        (7, "7"),
    ],
)
def test_a_domain_is_sent_as_a_bare_host(text: object, host: str | None) -> None:
    assert bare_host(text) == host


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("https://www.linkedin.com/company/acme/?trk=x", "https://www.linkedin.com/company/acme"),
        ("de.linkedin.com/company/Acme/about/", "https://www.linkedin.com/company/Acme"),
        ("//linkedin.com/School/mit", "https://www.linkedin.com/school/mit"),
        ("https://www.linkedin.com/in/jane", None),
        ("https://notlinkedin.com/company/acme", None),
        ("", None),
    ],
)
def test_a_linkedin_page_is_sent_in_one_form(text: str, page: str | None) -> None:
    assert company_page(text) == page


def body(**parts: object) -> bytes:
    return json.dumps(parts).encode()


@pytest.mark.parametrize(
    ("answer", "text", "correlation_id", "retry_after"),
    [
        (
            body(details="You have insufficient credits.", correlation_id="c1"),
            "You have insufficient credits.",
            "c1",
            None,
        ),
        (body(detail="Not here"), "Not here", None, None),
        (
            body(detail=[{"loc": ["body", "size"], "msg": "too large"}, {"loc": ["body"], "msg": "field required"}]),
            "too large (size); field required",
            None,
            None,
        ),
        (body(error="rate_limit_exceeded", message="Slow down.", retry_after=60), "Slow down.", None, 60.0),
        (body(code=429, message="Slow down.", retry_after="5"), "Slow down.", None, 5.0),
        (
            body(response_context={"correlation_id": "c2"}, error={"code": "X", "message": "Bad range", "details": {}}),
            "Bad range",
            "c2",
            None,
        ),
        (body(error="forbidden"), "forbidden", None, None),
        (body(details={"a": 1}, detail=[], message=7), None, None, None),
        (b"<html>502</html>", None, None, None),
        (b"", None, None, None),
        (b"[1]", None, None, None),
    ],
)
def test_every_known_error_body_is_understood(
    answer: bytes, text: str | None, correlation_id: str | None, retry_after: float | None
) -> None:
    complaint = complaint_of(answer)
    assert complaint.text == text
    assert complaint.correlation_id == correlation_id
    assert complaint.retry_after == retry_after


@pytest.mark.parametrize(
    ("loc", "items"),
    [
        (["body", "business_ids", 7], (7,)),
        (["body", "businesses_to_match", 3, "domain"], (3,)),
        (["businesses_to_match", 0, "name"], (0,)),
        (["body", "business_ids", "list[constr]", 7], (7,)),
        (["body", "business_ids", "7"], (7,)),
        (["body", 57], ()),
        (["body", "business_ids"], ()),
        (["body", "business_ids", -1], ()),
        (["body", "business_ids", True], ()),
        ("body.business_ids.7", ()),
        (None, ()),
    ],
)
def test_the_place_that_a_422_names(loc: object, items: tuple[int, ...]) -> None:
    assert complaint_of(body(detail=[{"loc": loc, "msg": "m", "type": "t"}])).items == items


def test_several_blamed_places_are_all_kept_once() -> None:
    detail = [{"loc": ["body", "business_ids", place], "msg": "m"} for place in (4, 1, 4)]
    assert complaint_of(body(detail=detail)).items == (1, 4)


def test_a_secret_in_an_error_is_not_repeated() -> None:
    complaint = complaint_of(body(details="key sk-1 is unknown", correlation_id="sk-1"), secrets=["sk-1"])
    assert "sk-1" not in repr(complaint)


@given(JSON)
def test_no_body_breaks_the_reading(value: object) -> None:
    complaint_of(json.dumps(value).encode())
    complaint_of(body(detail=value, details=value, error=value, response_context=value, retry_after=value))
    Context.of({"response_context": value, "credit_usage": value})
    Context.of({"credit_usage": {"total_credits": value}, "response_context": {"correlation_id": value}})
    row = MatchRow.of(value)
    assert row is None or row.raw == value


@pytest.mark.parametrize(
    ("value", "credits_"),
    [(1, 1.0), (0, 0.0), (2.5, 2.5), ("3", 3.0), (-1, None), (True, None), ("x", None), (None, None), (10**400, None)],
)
def test_credits_are_a_number_or_nothing(value: object, credits_: float | None) -> None:
    assert Context.of({"credit_usage": {"total_credits": value}}).credits == credits_


ITEMS = [
    MatchItem(domain="a.com", name="Alpha"),
    MatchItem(domain="b.com", name="Beta"),
    MatchItem(linkedin_url="https://www.linkedin.com/company/Gamma"),
]


def row(mark: str, **echo: str) -> dict[str, object]:
    return {"input": echo, "business_id": mark}


def paired(*rows: object) -> dict[int, object]:
    return {place: found.business_id for place, found in pair(ITEMS, rows).items()}


A, B = row("a", domain="a.com"), row("b", domain="https://www.B.com/")
G = row("g", linkedin_url="linkedin.com/company/gamma/")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([A, B, G], {0: "a", 1: "b", 2: "g"}),
        ([row("a"), row("b"), row("g")], {0: "a", 1: "b", 2: "g"}),
        ([B, A, G], {0: "a", 1: "b", 2: "g"}),
        ([G, A, B], {0: "a", 1: "b", 2: "g"}),
        ([B, G], {1: "b", 2: "g"}),
        ([G], {2: "g"}),
        ([row("x"), row("y")], {}),
        ([], {}),
        ([A, A, G], {0: "a", 2: "g"}),
        ([A, row("z", domain="a.com"), G], {0: "a", 2: "g"}),
        ([A, row("z", domain="a.com"), B, G], {1: "b", 2: "g"}),
        ([A, A, B, G], {0: "a", 1: "b", 2: "g"}),
        ([A, row("z", domain="elsewhere.com"), G], {0: "a", 2: "g"}),
        ([A, None, G], {0: "a", 1: None, 2: "g"}),
        ([A, None], {0: "a"}),
        ([A, "text", G], {0: "a", 2: "g"}),
        ([A, [], 7], {0: "a"}),
        ([row("a", name="ALPHA"), row("b", name="beta")], {0: "a", 1: "b"}),
        ([{}] * 31, {}),
    ],
)
def test_rows_are_paired_by_place_and_echo(rows: list[object], expected: dict[int, object]) -> None:
    assert paired(*rows) == expected


def test_a_name_that_two_items_share_pairs_nothing() -> None:
    twins = [MatchItem(domain="a.com", name="Twin"), MatchItem(domain="b.com", name="Twin")]
    assert pair(twins, [row("x", name="Twin")]) == {}


@given(st.permutations([A, B, G]))
def test_the_order_of_echoed_rows_does_not_matter(rows: list[object]) -> None:
    assert paired(*rows) == {0: "a", 1: "b", 2: "g"}
