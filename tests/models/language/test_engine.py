from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Any

import pytest
from asking import TELL, ask, hook_count

from pilotage.core.errors import GenerationError, InvalidInputError, OutOfMemoryError
from pilotage.models.language import Direction, Handle, LanguageModel, TextOutput, prefill
from pilotage.models.language import batch as batch_module
from pilotage.models.language.batch import Batch
from pilotage.models.language.cells import Cells
from pilotage.models.language.rows import TextRow
from pilotage.models.language.transcript import Transcript

torch = pytest.importorskip("torch")

Directions = dict[str, Direction]
PATIENCE = 120.0  # seconds; far more than any of these answers takes


@pytest.fixture
def model(fresh: Callable[[], LanguageModel]) -> LanguageModel:
    """A model whose answers never end by themselves, so that their lengths are known."""
    made = fresh()
    object.__setattr__(made._loaded, "ends", frozenset())
    return made


@pytest.fixture
def batch(model: LanguageModel) -> Callable[[int], Batch]:
    """A batch with room for so many rows, driven by hand."""
    return lambda room: Batch(model._loaded, room)  # type: ignore[arg-type]


def row_of(model: LanguageModel, content: str, directions: Directions | None = None, **more: Any) -> TextRow:
    return model._row(ask(content, **more), directions or {}, "request")


def run(batch: Batch) -> None:
    while not batch.idle:
        batch.step(lambda: None)


@pytest.fixture
def narrow(model: LanguageModel) -> Iterator[LanguageModel]:
    """A device that holds two rows: it raises what CUDA raises."""

    def pre(_module: Any, arguments: tuple[Any, ...], _more: Any) -> None:
        if arguments[0].shape[0] > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    handle = model._loaded.model.model.layers[0].register_forward_pre_hook(pre, with_kwargs=True)  # type: ignore[union-attr]
    yield model
    handle.remove()


def test_requests_of_many_callers_get_the_answers_that_each_would_get_alone(
    model: LanguageModel, directions: Directions
) -> None:
    requests = [
        ask(f"{TELL} {number}", max_tokens=4 + number, temperature=0.8, seed=number, pushes={"formal": number / 10})
        for number in range(8)
    ]
    expected = [model.generate([request], directions=directions)[0] for request in requests]
    handles = [model.engine().submit(one, directions=directions, owner=str(i % 3)) for i, one in enumerate(requests)]
    assert [handle.result(PATIENCE) for handle in handles] == expected


def test_text_streams_in_pieces_that_join_to_the_answer(model: LanguageModel) -> None:
    pieces: list[str] = []
    handle = model.engine().submit(ask(TELL, max_tokens=20, temperature=1.0), on_text=pieces.append)
    assert handle.result(PATIENCE).text == "".join(pieces)
    assert len(pieces) > 5


def test_a_row_that_joins_later_does_not_wait_for_the_others_to_end(
    model: LanguageModel, batch: Callable[[int], Batch]
) -> None:
    running, (first, second) = batch(4), (row_of(model, TELL, max_tokens=30), row_of(model, "hi", max_tokens=3))
    running.add(first)
    for _ in range(5):
        running.step(lambda: None)
    running.add(second)
    for _ in range(3):
        running.step(lambda: None)
    assert second.output is not None
    assert first.drawn == 8
    run(running)
    assert [row.output for row in (first, second)] == list(
        model.generate([ask(TELL, max_tokens=30), ask("hi", max_tokens=3)])
    )


def test_owners_share_the_room_equally_whoever_came_first(
    model: LanguageModel, batch: Callable[[int], Batch], directions: Directions
) -> None:
    running, pushes = batch(4), {"formal": 2.0}
    words = [f"{TELL} {number}" for number in range(12)]
    many = [row_of(model, one, directions, max_tokens=20, pushes=pushes, temperature=1.0) for one in words]
    few = [row_of(model, f"hi {number}", max_tokens=4) for number in range(2)]
    for row in many:
        running.add(row, "many")
    running.step(lambda: None)
    for row in few:
        running.add(row, "few")
    running.step(lambda: None)
    assert [row.drawn for row in few] == [1, 1], "they begin at once, though the room was full"
    assert sum(row.drawn == 2 for row in many) == 2
    run(running)
    alone = model.generate(
        [ask(one, max_tokens=20, pushes=pushes, temperature=1.0) for one in words], directions=directions
    )
    assert [row.output for row in many] == list(alone), "those that made room go on where they were"


def test_a_cancelled_answer_ends_before_the_next_step_and_keeps_its_text(
    model: LanguageModel, batch: Callable[[int], Batch]
) -> None:
    running, (one, other) = batch(4), (row_of(model, TELL, max_tokens=30), row_of(model, "hi", max_tokens=6))
    waiting = row_of(model, "never", max_tokens=5)
    for row in (one, other):
        running.add(row)
    for _ in range(3):
        running.step(lambda: None)
    one.unwanted = waiting.unwanted = True
    running.add(waiting)
    run(running)
    assert one.output is not None
    assert one.output.finish == "cancelled"
    assert len(one.output.tokens) == 3
    assert waiting.output is not None
    assert (waiting.output.finish, waiting.output.tokens) == ("cancelled", ())
    assert other.output == model.generate([ask("hi", max_tokens=6)])[0]


def test_a_handle_cancels_its_own_answer(model: LanguageModel) -> None:
    begun = threading.Event()
    handle = model.engine().submit(ask(TELL, max_tokens=200, temperature=1.0), on_text=lambda _: begun.set())
    assert begun.wait(PATIENCE)
    handle.cancel()
    output = handle.result(PATIENCE)
    assert output.finish == "cancelled"
    assert 0 < len(output.tokens) < 200


def test_a_listener_that_fails_costs_its_own_answer_alone(model: LanguageModel) -> None:
    def fail(_text: str) -> None:
        raise ConnectionError("gone")

    broken = model.engine().submit(ask(TELL, max_tokens=100, temperature=1.0), on_text=fail)
    sound = model.engine().submit(ask("hi", max_tokens=8))
    assert broken.result(PATIENCE).finish == "cancelled"
    assert sound.result(PATIENCE) == model.generate([ask("hi", max_tokens=8)])[0]


def test_an_answer_is_cut_when_its_time_is_up(model: LanguageModel) -> None:
    output = model.engine().submit(ask(TELL, max_tokens=200), seconds=0.0).result(PATIENCE)
    assert output.finish == "length"
    assert "0 s" in output.error


def test_a_stop_string_ends_an_answer_and_the_next_ones_go_on(model: LanguageModel) -> None:
    whole = model.generate([ask(TELL, max_tokens=30, temperature=1.0, seed=3)])[0].text
    cut = whole[10:12]
    first, second = model.generate(
        [ask(TELL, max_tokens=30, temperature=1.0, seed=3, stop=(cut,)), ask("hi", max_tokens=30)]
    )
    assert (first.text, first.finish) == (whole[: whole.index(cut)], "stop")
    assert second.finish == "length"


def test_bad_requests_are_refused_when_they_come_and_the_engine_goes_on(model: LanguageModel) -> None:
    with pytest.raises(InvalidInputError) as raised:
        model.engine().submit(ask("hi", pushes={"nobody": 1.0}))
    assert raised.value.field == "request.pushes.nobody"
    assert model.engine().submit(ask("hi")).result(PATIENCE).tokens


def test_a_model_that_fails_ends_what_was_under_way_with_the_reason_and_serves_the_next(model: LanguageModel) -> None:
    hooks, expected = hook_count(model), model.generate([ask("hi")])[0]
    failures = iter([None, RuntimeError("broken on purpose")])

    def fail(*_: Any) -> None:
        error = next(failures, None)
        if error is not None:
            raise error

    handle = model._loaded.model.model.layers[1].register_forward_pre_hook(fail)  # type: ignore[union-attr]
    output = model.engine().submit(ask("hi")).result(PATIENCE)
    assert output.finish == "error"
    assert "broken on purpose" in output.error
    assert model.engine().submit(ask("hi")).result(PATIENCE) == expected
    handle.remove()
    assert hook_count(model) == hooks


def test_memory_that_runs_out_halves_the_batch_and_no_answer_changes(
    narrow: LanguageModel, fresh: Callable[[], LanguageModel], directions: Directions
) -> None:
    wide = fresh()
    object.__setattr__(wide._loaded, "ends", frozenset())
    requests = [ask(f"{TELL} {number}", pushes={"formal": 0.1 * number}) for number in range(5)]
    assert narrow.generate(requests, directions=directions) == wide.generate(requests, directions=directions)


@pytest.mark.parametrize("failing", range(1, 7))
def test_memory_that_runs_out_as_rows_come_and_go_loses_none_and_no_answer_changes(
    model: LanguageModel, batch: Callable[[int], Batch], monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    rows, calls = Cells.rows, itertools.count(1)

    def short(cells: Cells, keep: Any) -> Cells:
        if next(calls) == failing:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return rows(cells, keep)

    words = [(f"{TELL} {number}", "many", 6 + number) for number in range(5)] + [("hi", "few", 4), ("ho", "few", 3)]
    expected = [model.generate([ask(content, max_tokens=length)])[0] for content, _, length in words]
    monkeypatch.setattr(Cells, "rows", short)
    running, made = batch(4), [(row_of(model, one, max_tokens=length), owner) for one, owner, length in words]
    for row, owner in made[:5]:
        running.add(row, owner)
    running.step(lambda: None)
    for row, owner in made[5:]:
        running.add(row, owner)
    run(running)
    assert [row.output for row, _ in made] == expected
    assert next(calls) > failing


def test_memory_that_runs_out_takes_shared_beginnings_with_it(
    narrow: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[int] = []
    monkeypatch.setattr(batch_module, "give_back_memory", lambda: left.append(len(narrow._loaded.prefixes)))  # type: ignore[union-attr]
    narrow.generate([ask(f"hi {number}", system="be kind to all who ask") for number in range(3)])
    assert left
    assert set(left) == {0}


def test_memory_that_does_not_hold_one_answer_is_an_error_with_a_way_out(model: LanguageModel) -> None:
    def pre(*_: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    handle = model._loaded.model.model.layers[0].register_forward_pre_hook(pre)  # type: ignore[union-attr]
    with pytest.raises(OutOfMemoryError):
        model.generate([ask("hi"), ask("ho")])
    handle.remove()
    assert model.generate([ask("hi")])[0].tokens


def test_an_engine_that_cannot_go_on_tells_all_who_wait_and_serves_the_next(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("broken on purpose")

    with monkeypatch.context() as patch:
        patch.setattr(model.engine(), "_open", fail)
        assert model.engine().submit(ask("hi")).result(PATIENCE).error == "broken on purpose"
    with monkeypatch.context() as patch:
        patch.setattr(Batch, "_leave", fail)
        patch.setattr(Batch, "_failed", fail)
        assert model.engine().submit(ask("hi")).result(PATIENCE).error == "broken on purpose"
    assert model.engine().submit(ask("hi")).result(PATIENCE).finish == "length"


def test_unloading_ends_answers_as_cancelled_and_the_next_request_loads_again(model: LanguageModel) -> None:
    begun = threading.Event()
    handle = model.engine().submit(ask(TELL, max_tokens=200, temperature=1.0), on_text=lambda _: begun.set())
    assert begun.wait(PATIENCE)
    model.unload()
    assert handle.result(0).finish == "cancelled"
    assert not model.loaded
    assert model.engine().submit(ask("hi")).result(PATIENCE).tokens
    assert model.loaded


def test_who_listens_may_stop_the_engine_and_submit_again(model: LanguageModel) -> None:
    again: SimpleQueue[Handle] = SimpleQueue()

    def submit(_output: TextOutput) -> None:
        again.put(model.engine().submit(ask("hi")))

    stopped = model.engine().submit(ask(TELL, max_tokens=200), on_text=lambda _: model.unload(), on_end=submit)
    assert stopped.result(PATIENCE).finish == "cancelled"
    assert again.get(timeout=PATIENCE).result(PATIENCE).finish == "length"
    assert model.engine().submit(ask("hi")).result(PATIENCE).finish == "length"


def test_what_is_submitted_right_after_a_stop_is_answered(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    join, begun, late = threading.Thread.join, threading.Event(), []

    def joined(thread: threading.Thread, timeout: float | None = None) -> None:
        join(thread, timeout)
        late.append(model.engine().submit(ask("hi")).result(PATIENCE))

    model.engine().submit(ask(TELL, max_tokens=200), on_text=lambda _: begun.set())
    assert begun.wait(PATIENCE)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "join", joined)
        model.engine().stop()
    assert [output.finish for output in late] == ["length"]


def test_the_thread_ends_when_there_is_nothing_to_do(model: LanguageModel) -> None:
    model.engine().submit(ask("hi")).result(PATIENCE)
    for thread in threading.enumerate():
        if thread.name == "language-engine":
            thread.join(PATIENCE)
    assert not [thread for thread in threading.enumerate() if thread.name == "language-engine"]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many tokens each pass over prompts has read."""
    counted: list[int] = []
    forward = prefill.forward

    def watch(loaded: Any, tokens: Any, **more: Any) -> Any:
        counted.append(sum(map(len, tokens)))
        return forward(loaded, tokens, **more)

    monkeypatch.setattr(prefill, "forward", watch)
    return counted


def test_the_system_part_is_read_once_and_changes_no_number(
    fresh: Callable[[], LanguageModel], read: list[int]
) -> None:
    from asking import watched

    model, system = fresh(), "be kind and brief to all who ask you something"
    requests = [ask("hi", system=system), ask(TELL, system=system)]
    _, first = watched(model, requests)
    cold = sum(read)
    read.clear()
    _, second = watched(model, requests)
    assert sum(read) < cold - len(system)
    assert all((one == two).all() for one, two in zip(first, second, strict=True))


def test_a_system_part_that_is_too_long_to_be_kept_is_still_read_once_a_batch(
    fresh: Callable[[], LanguageModel], read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefill, "_KEPT", 10)
    fresh().generate([ask(f"hi {number}", system="x" * 100, max_tokens=1) for number in range(4)])
    assert sum(size > 100 for size in read) == 1


def test_shared_beginnings_take_no_more_memory_than_they_may(
    fresh: Callable[[], LanguageModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pilotage.models.language import prefill

    monkeypatch.setattr(prefill, "_KEPT", 150)
    model = fresh()
    sizes = []
    for number in range(6):
        model.generate([ask("hi", system=f"{number} be kind to all", max_tokens=1)])
        sizes.append(sum(map(len, model._loaded.prefixes)))  # type: ignore[union-attr]
    assert 0 < max(sizes) <= 150
    assert sizes[-1] == sizes[-2] > sizes[0], "the oldest ones made room"
    model.generate([ask("hi", system="x" * 160, max_tokens=1)])
    assert not model._loaded.prefixes  # type: ignore[union-attr]


def test_a_failed_batch_says_so_in_one_error(model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> str:
        raise ValueError("a tokenizer that cannot decode")

    monkeypatch.setattr(Transcript, "add", fail)
    with pytest.raises(GenerationError, match="cannot decode"):
        model.generate([ask("hi")])


@pytest.mark.parametrize("positions", ["answer", "all"])
def test_a_row_that_comes_back_remembers_what_it_did_steered_where_it_was(
    model: LanguageModel, batch: Callable[[int], Batch], directions: Directions, positions: str
) -> None:
    from pilotage.models.language.prefill import read_rows

    running = batch(2)
    row = row_of(model, TELL, directions, pushes={"formal": 0.7}, positions=positions)
    running.add(row)
    for _ in range(4):
        running.step(lambda: None)
    kept, again = running._cells, read_rows(model._loaded, [row], lambda: None)  # type: ignore[arg-type]
    assert kept is not None
    for one, two in zip(kept.layers, again.layers, strict=True):
        assert torch.allclose(one[0], two[0], atol=1e-4)
        assert torch.allclose(one[1], two[1], atol=1e-4)
