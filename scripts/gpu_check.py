"""What a GPU does with the lab: speed beside a raw diffusers call, previews, cancelling, short memory, repeatability.

Stable Diffusion 1.5 and XL in their real shapes with random weights, in fp16 and bf16, and the starter: nothing
is downloaded. Each line says what was measured; a bar that is missed makes the exit status 1.

    python scripts/gpu_check.py [--device cuda] [--only sd15] [--dtypes float16] [--json]
    python scripts/gpu_check.py --device cpu --tiny        the same code on tiny shapes, to see that it runs
    python scripts/gpu_check.py --wheels FOLDER            on a bare machine: what is missing comes from wheels
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
AXES, PROMPT = ["red | blue", "fox | house"], "a red fox"
ROWS = 4
OVERHEAD_BAR_MS, CANCEL_BAR_S = 150.0, 2.0


class Check:
    """One model on one device in one precision, and what is measured of it."""

    def __init__(self, name: str, lab: Any, ref: str, *, steps: int, repeats: int, timed: bool = True) -> None:
        from pilotage.models import GenerationRequest, Row

        self.name, self.lab, self.ref, self.repeats, self.timed = name, lab, ref, repeats, timed
        self.request = GenerationRequest(prompt=PROMPT, steps=steps)
        self.model = lab.catalog.get(ref)
        begun = time.perf_counter()
        self.model.load()
        self.load_s = time.perf_counter() - begun
        self.rows = [Row(self.model.encode(self.request), seed) for seed in range(ROWS)]
        self.on_gpu = str(self.model.info.device).startswith("cuda")
        self.draw()  # kernels are chosen at the first call

    def draw(self, **more: Any) -> tuple[Any, ...]:
        """All rows in one batch."""
        return tuple(self.model.generate(self.request, self.rows, **more))

    def measure(self, *, compiled: bool = False) -> list[Any]:
        """Every case, as rows of a benchmark; one that fails is a row too, and the others are measured."""
        cases = [self.loading, self.round, self.previews, self.cancelling, self.short_memory, self.again]
        cases += [self.compiled] if compiled else []
        cases += [self.layout] if self.on_gpu else []
        return [self._tried(case) for case in cases]

    def loading(self) -> Any:
        """Seconds from files to a model that is ready."""
        return self._row("cold load", "s", self.load_s, n=1)

    def round(self) -> Any:
        """A round of four through the lab, and diffusers called by hand for the same pictures."""
        session = self._session(seed=1)
        pairs = []
        for index in range(2, self.repeats + 2):
            job = self.lab.request_round(session.id).job
            ours = _timed(lambda job=job: _ended(self.lab, job.id))
            made = self.lab.get_round(session.id, index)
            pairs.append((ours, _timed(lambda: self._raw(self.rows))))
            self._pick(session.id, index, made.candidates[1].id)
        extra = [1000 * (ours - raw) for ours, raw in pairs]
        ours, raw = (1000 * statistics.median(values) for values in zip(*pairs, strict=True))
        middle = statistics.median(extra)
        return self._row(
            f"round of {ROWS}", "ms", ours, peer="diffusers, one call", theirs=raw, spread=_range(extra),
            bar=OVERHEAD_BAR_MS if self.timed else None, holds=middle <= OVERHEAD_BAR_MS if self.timed else None,
            n=len(pairs),
        )  # fmt: skip

    def previews(self) -> Any:
        """A batch that is watched, beside one that is not."""
        watched = [_timed(lambda: self.draw(progress=lambda step: None)) for _ in range(self.repeats)]
        silent = [_timed(self.draw) for _ in range(self.repeats)]
        ours, theirs = (1000 * statistics.median(values) for values in (watched, silent))
        return self._row("previews on", "ms", ours, peer="off", theirs=theirs, n=self.repeats)

    def cancelling(self) -> Any:
        """Seconds from the wish to stop, after the first step, to the end of the call."""
        from pilotage.core.errors import JobCancelledError
        from pilotage.core.progress import CancelToken

        waited = []
        for _ in range(self.repeats):
            token, asked = CancelToken(), [0.0]

            def stop(step: Any, token: Any = token, asked: list[float] = asked) -> None:
                if not token.cancelled:
                    asked[0] = time.perf_counter()
                    token.cancel()

            try:
                self.draw(progress=stop, cancel=token)
            except JobCancelledError:
                waited.append(time.perf_counter() - asked[0])
        if len(waited) < self.repeats:
            return self._row("cancelled within", "s", float("nan"), bar=CANCEL_BAR_S, holds=False, n=len(waited))
        worst = max(waited)
        return self._row("cancelled within", "s", worst, bar=CANCEL_BAR_S, holds=worst <= CANCEL_BAR_S, n=len(waited))

    def short_memory(self) -> Any:
        """Calls that a batch is cut into on a device with room for half of it, and whether every picture came."""
        from pilotage.core.progress import silent
        from pilotage.sessions.batches import render_rows

        rows = self._crowd() if self.on_gpu else self.rows
        with self._room_for_half(rows):
            made = render_rows(self.model, self.request, rows, progress=silent)
        again = render_rows(self.model, self.request, rows, sizes=made.sizes, progress=silent)
        whole = made.halved > 0 and all(output.media for output in made.outputs) and made.outputs == again.outputs
        metric = f"calls for {len(rows)} (real shortage: {self.on_gpu})"
        return self._row("memory for half of them", metric, len(made.sizes), bar=len(rows), holds=whole, n=1)

    def again(self) -> Any:
        """Pictures of a session of three rounds whose bytes come again."""
        session = self._session(seed=2)
        for index in (2, 3):
            _ended(self.lab, self.lab.request_round(session.id).job.id)
            self._pick(session.id, index, self.lab.get_round(session.id, index).candidates[1].id)
        check = _ended(self.lab, self.lab.verify_replay(session.id).id).result
        total = check["equal"] + check["different"] + check["missing"]
        return self._row(
            "3 rounds made again", "equal pictures", check["equal"], bar=total, holds=check["equal"] == total, n=total
        )

    def layout(self) -> Any:
        """The memory layout that is used on GPUs, beside the plain one; last, since it changes the model."""
        import torch

        ours = [_timed(lambda: self._raw(self.rows)) for _ in range(self.repeats)]
        self.model._loaded.pipeline.unet.to(memory_format=torch.contiguous_format)
        self._raw(self.rows)
        theirs = [_timed(lambda: self._raw(self.rows)) for _ in range(self.repeats)]
        ours_ms, theirs_ms = (1000 * statistics.median(values) for values in (ours, theirs))
        return self._row("channels_last", "ms", ours_ms, peer="plain layout", theirs=theirs_ms, n=self.repeats)

    def compiled(self) -> Any:
        """The network compiled by torch, beside it as it is; the time that compiling takes is not counted."""
        import torch

        theirs = [_timed(lambda: self._raw(self.rows)) for _ in range(self.repeats)]
        pipeline = self.model._loaded.pipeline
        plain, pipeline.unet = pipeline.unet, torch.compile(pipeline.unet)
        self._raw(self.rows)
        ours = [_timed(lambda: self._raw(self.rows)) for _ in range(self.repeats)]
        pipeline.unet = plain
        ours_ms, theirs_ms = (1000 * statistics.median(values) for values in (ours, theirs))
        return self._row("torch.compile", "ms", ours_ms, peer="as it is", theirs=theirs_ms, n=self.repeats)

    def _tried(self, case: Callable[[], Any]) -> Any:
        try:
            return case()
        except Exception as error:  # the machine is lent for minutes: what can be measured, is
            told = f"{type(error).__name__}: {error}".replace("|", "/")[:160]
            return self._row(case.__name__, told, float("nan"), bar=0.0, holds=False)

    def _session(self, seed: int) -> Any:
        """A session whose first round is answered, so that each further one makes four new pictures."""
        session = self.lab.create_session({
            "model": self.ref, "request": self.request.model_dump(), "axes": AXES, "dimension": 2,
            "candidates": ROWS + 1, "seed": seed,
        })  # fmt: skip
        _ended(self.lab, self.lab.request_round(session.id).job.id)
        self._pick(session.id, 1, self.lab.get_round(session.id, 1).candidates[0].id)
        return session

    def _pick(self, session_id: str, index: int, candidate_id: str) -> None:
        from pilotage.sessions.acts import Submission

        self.lab.answer(session_id, index, Submission(answer={"kind": "ranking", "order": [candidate_id]}))

    def _raw(self, rows: Sequence[Any]) -> Any:
        """Diffusers as its documentation shows: stacked embeddings, one generator a row."""
        import torch

        loaded, capabilities = self.model._loaded, self.model.info.capabilities
        dtype = getattr(torch, loaded.dtype)
        given = {
            argument: torch.stack([torch.from_numpy(row.conditioning[name].copy()) for row in rows])
            for name, argument in loaded.family.outputs.items()
        }
        return loaded.pipeline(
            **{name: value.to(loaded.device, dtype) for name, value in given.items()},
            num_inference_steps=self.request.steps, guidance_scale=capabilities.default_guidance,
            width=capabilities.size[0], height=capabilities.size[1],
            generator=[torch.Generator("cpu").manual_seed(row.seed) for row in rows],
        ).images  # fmt: skip

    @contextmanager
    def _room_for_half(self, rows: Sequence[Any]) -> Iterator[None]:
        """A device that holds half of the rows: by a limit on a GPU; elsewhere the network says what CUDA says."""
        import torch

        if self.on_gpu:
            half, full = self._peak(rows[: len(rows) // 2]), self._peak(rows)
            total = torch.cuda.get_device_properties(0).total_memory
            torch.cuda.empty_cache()
            torch.cuda.set_per_process_memory_fraction((half + full) / 2 / total)
            try:
                yield
            finally:
                torch.cuda.set_per_process_memory_fraction(1.0)
            return

        def refuse(module: Any, arguments: tuple[Any, ...]) -> None:
            if arguments[0].shape[0] > ROWS:  # half of the rows, each with and without guidance
                raise torch.OutOfMemoryError("CUDA out of memory (said, not real)")

        hook = self.model._loaded.pipeline.unet.register_forward_pre_hook(refuse)
        try:
            yield
        finally:
            hook.remove()

    def _crowd(self) -> Sequence[Any]:
        """So many rows that it is they who fill the memory, not the decoder, which takes one at a time."""
        for count in (ROWS, 2 * ROWS, 4 * ROWS):
            rows = (self.rows * 4)[:count]
            if self._peak(rows) > 1.1 * self._peak(rows[: count // 2]):
                break
        return rows

    def _peak(self, rows: Sequence[Any]) -> int:
        """Bytes that the allocator reserves at most while these rows are made."""
        import torch

        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        self.model.generate(self.request, rows)
        return int(torch.cuda.max_memory_reserved())

    def _row(self, case: str, metric: str, ours: float, *, theirs: float | None = None, **more: Any) -> Any:
        from benchmarks.rows import Row

        ratio = round(ours / theirs, 3) if theirs else None
        rounded = round(theirs, 2) if theirs is not None else None
        return Row(f"{self.name}: {case}", metric, round(ours, 3), theirs=rounded, ratio=ratio, **more)


def run(given: argparse.Namespace) -> list[Any]:
    """All models in all precisions, one at a time."""
    from gpu_models import FAMILIES, build
    from pilotage.app.settings import Settings
    from pilotage.app.wiring import memory_lab

    rows: list[Any] = []
    steps, repeats = (2, 2) if given.tiny else (given.steps, given.repeats)
    for dtype in ["float32"] if given.device == "cpu" else given.dtypes:
        settings = Settings(device=given.device, dtype=dtype)
        for family in [name for name in FAMILIES if given.only in ("", name)]:
            with tempfile.TemporaryDirectory() as folder:
                lab = memory_lab(settings)
                ref = str(build(family, Path(folder) / family, device=given.device, dtype=dtype, small=given.tiny))
                check = Check(f"{family} {dtype}", lab, ref, steps=steps, repeats=repeats, timed=not given.tiny)
                rows += check.measure(compiled=given.compile)
                check.model.unload()
        if given.only in ("", "starter"):
            rows += _starter(memory_lab(settings), dtype)
    return rows


def _starter(lab: Any, dtype: str) -> list[Any]:
    """A session of three rounds on the real starter, if it is installed."""
    if importlib.util.find_spec("pilotage_starter") is None:
        return []
    check = Check(f"starter {dtype}", lab, "starter", steps=4, repeats=3)
    return [check.loading(), check.again()]


def _ended(lab: Any, job_id: str) -> Any:
    from pilotage.app.lab import raise_if_failed

    return raise_if_failed(lab.wait(job_id))


def _timed(work: Callable[[], Any]) -> float:
    """Wall seconds of one call, with all that the device has to do for it."""
    import torch

    begun = time.perf_counter()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - begun


def _range(values: Sequence[float]) -> tuple[float, float]:
    return round(min(values), 2), round(max(values), 2)


def device_name(device: str) -> str:
    """What the figures were measured on."""
    import platform

    import torch

    if device.startswith("cuda"):
        return f"{torch.cuda.get_device_name(0)}, torch {torch.__version__}"
    return f"{platform.machine()} {device}, torch {torch.__version__}"


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--device", default="cuda", help="cuda, cuda:1, mps or cpu")
    parser.add_argument("--tiny", action="store_true", help="tiny shapes: does it run; the figures mean nothing")
    parser.add_argument("--only", default="", choices=["", "sd15", "sdxl", "starter"], help="one model")
    parser.add_argument("--dtypes", nargs="+", default=["float16", "bfloat16"], choices=["float16", "bfloat16"])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--compile", action="store_true", help="also with torch.compile: minutes more")
    parser.add_argument("--wheels", type=Path, help="folder of wheels to take what is missing from")
    parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit status whether every bar holds."""
    given = options(arguments)
    sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "src")) if path not in sys.path]
    with tempfile.TemporaryDirectory() as carried:
        if given.wheels:
            wheels = [str(path) for path in sorted(given.wheels.glob("*.whl"))]
            command = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", carried]
            subprocess.run([*command, *wheels], check=True)
            sys.path.append(carried)  # after the machine's own, whose torch is built for its GPU
        rows, where = run(given), device_name(given.device)
    if given.as_json:
        print(json.dumps({"benchmark": "gpu_check", "rows": [asdict(row) for row in rows], "device": where,
                          "tiny": given.tiny, "command": " ".join(sys.argv)}))  # fmt: skip
    else:
        print(_table(rows, where))
    return 0 if all(row.holds is not False for row in rows) else 1


def _table(rows: Sequence[Any], where: str) -> str:
    """Markdown, to be pasted."""
    head = ["| case | metric | ours | beside | theirs | ratio | bar | n |", "|---|---|---|---|---|---|---|---|"]
    lines = [_line(row) for row in rows]
    return "\n".join([f"Device: {where}", "", *head, *lines])


def _line(row: Any) -> str:
    bar = "" if row.bar is None else f"{row.bar:g} {'holds' if row.holds else 'MISSED'}"
    cells = (row.case, row.metric, row.ours, row.peer or "", row.theirs, row.ratio, bar, row.n)
    return "| " + " | ".join("" if cell is None else str(cell) for cell in cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
