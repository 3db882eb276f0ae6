"""What routes are given is at hand."""

from __future__ import annotations

from inspect import iscoroutinefunction

from pilotage.api.routes import ROUTERS


def test_no_route_waits_for_a_thread_to_be_given_what_it_asks_for() -> None:
    given = {need.call for router in ROUTERS for route in router.routes for need in route.dependant.dependencies}
    assert len(given) >= 3
    assert all(iscoroutinefunction(call) for call in given), given
