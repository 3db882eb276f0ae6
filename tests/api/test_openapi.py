"""The OpenAPI document is what the web's types are made of, so it may not drift unseen."""

from __future__ import annotations

from typing import Any

from pilotage.api.snapshot import FILE, document, render


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation) for path, found in document()["paths"].items() for method, operation in found.items()
    ]


def test_the_snapshot_is_the_code() -> None:
    assert FILE.read_text() == render(), "run: python -m pilotage.api.snapshot"


def test_every_operation_says_what_it_does_and_how_it_fails() -> None:
    for method, path, operation in operations():
        assert operation.get("description"), (method, path)
        assert "application/problem+json" in operation["responses"]["default"]["content"], (method, path)


def test_every_post_takes_an_idempotency_key() -> None:
    posts = [operation for method, _, operation in operations() if method == "post"]
    assert len(posts) > 10
    for operation in posts:
        assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}


def test_what_is_accepted_says_where_to_look() -> None:
    for _, path, operation in operations():
        if "202" in operation["responses"]:
            assert "Location" in operation["responses"]["202"]["headers"], path


def test_names_are_unique_and_references_lead_somewhere() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names)
    text = render()
    for name in document()["components"]["schemas"]:
        assert "__" not in name
    assert "x-pilotage-name" not in text


def test_settings_may_be_left_out_on_the_way_in_and_are_complete_on_the_way_out() -> None:
    schemas = document()["components"]["schemas"]
    assert schemas["SessionConfigInput"]["required"] == ["request"]
    assert set(schemas["SessionConfig"]["required"]) == set(schemas["SessionConfig"]["properties"])
    assert set(schemas["ModelInfo"]["required"]) == set(schemas["ModelInfo"]["properties"])
