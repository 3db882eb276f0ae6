"""What training costs beside a bare PyTorch loop on the same work: CPU seconds an epoch, in turns.

The same nets, losses, batches, optimiser and digits; the bare loop is what one would write in a notebook: a forward
pass, a loss, a backward pass, a step, and a sum of losses. Ours adds what a run needs: progress a batch, all terms and
diagnostics, the check for numbers that are none, and the latents of 1,000 pictures; neither evaluates. A turn is a
training of one epoch by each, from first weights on, in an order that changes; one thread. A ratio is of medians, its
spread the 95 % interval by bootstrap over the turns. A recorded run is `labs.latents.running.run` with all that it
writes for 1,000 pictures: wall time from its start to the metrics of its last epoch, in turns with the bare loop, and
the trainer's CPU seconds; the maps are made by another process, whose lag after that is told apart. Then how soon a
cancel ends a run, and how soon a log of 10,000 events is read from its beginning. The bars of quality: five epochs of
the autoencoder within 20 CPU seconds to 94 % of the training labels; the default preset on held-out digits, five seeds.

    OMP_NUM_THREADS=1 python -m benchmarks.latent_training [--quick] [--json]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch  # noqa: TID253
import torch.nn.functional as F  # noqa: TID253

from benchmarks.rows import Row, finish, options, ratio_interval
from pilotage.api.run_stream import RunStream
from pilotage.labs.latents.cadence import Recording
from pilotage.labs.latents.data import ImageSet, builtin
from pilotage.labs.latents.events import EventTail
from pilotage.labs.latents.folder import EVENTS, RunFolder
from pilotage.labs.latents.plan import run_config
from pilotage.labs.latents.running import run
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import PRESETS, Examples, TrainingConfig
from pilotage.models.latents.evaluation import evaluate
from pilotage.models.latents.nets import AutoEncoder, MixtureVae, build
from pilotage.models.latents.reading import encode, to_tensor
from pilotage.models.latents.training import train

TURNS, QUICK_TURNS = 9, 3
SEEDS, QUICK_SEEDS = 5, 1
FIXED = 1000  # pictures whose latents a run keeps each epoch
RECORDED_EPOCHS, RECORDED_TURNS = 5, 5
LOGGED = 10_000
BAR = 1.10


def ours(config: TrainingConfig, examples: Examples) -> None:
    """Train, and keep the latents of some pictures each epoch."""
    train(config, examples, on_epoch=lambda epoch: encode(epoch.model, examples.images[:FIXED]) and None)


def bare(config: TrainingConfig, examples: Examples) -> None:
    """Train as one would by hand."""
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    model, images = build(config, examples.shape, examples.classes), to_tensor(examples.images)
    labels = torch.from_numpy(examples.labels)
    loss_of = _autoencoder_loss if isinstance(model, AutoEncoder) else _mixture_loss
    optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate)
    for _ in range(config.epochs):
        total = 0.0
        for rows in torch.randperm(len(images)).split(config.batch_size):
            loss = loss_of(model, images[rows], labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)


def _autoencoder_loss(model: AutoEncoder, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    z = model.encode(x)
    return F.mse_loss(model.decode(z).sigmoid(), x) + F.cross_entropy(model.label(z), labels)


def _mixture_loss(model: MixtureVae, x: torch.Tensor, _labels: torch.Tensor) -> torch.Tensor:
    """Mean squared error and both KLs, from the head's responsibilities."""
    mu, logvar, logits = model.encode(x)
    z = mu + torch.randn_like(mu) * (0.5 * logvar).exp()
    log_qc = logits.log_softmax(1)
    prior_mu, prior_logvar = model.prior
    apart = logvar[:, None].exp() / prior_logvar.exp() + (mu[:, None] - prior_mu) ** 2 / prior_logvar.exp()
    apart = 0.5 * (apart + prior_logvar - logvar[:, None] - 1).sum(2)
    recon = F.mse_loss(model.decode(z).sigmoid(), x)
    qc = log_qc.exp()
    return recon + ((qc * (log_qc + np.log(qc.shape[1]))).sum(1) + (qc * apart).sum(1)).mean()


def against_bare(preset: str, examples: Examples, turns: int) -> Row:
    """One epoch of each a turn, from the same first weights, so that both have the same work."""
    config = PRESETS[preset].config.model_copy(update={"epochs": 1})
    kinds: dict[str, Callable[[TrainingConfig, Examples], None]] = {"ours": ours, "bare": bare}
    found: dict[str, list[float]] = {name: [] for name in kinds}
    for turn in range(turns + 1):
        for name in sorted(kinds, reverse=bool(turn % 2)):
            begun = time.process_time()
            kinds[name](config, examples)
            found[name] += [time.process_time() - begun] if turn else []  # the first warms up
    middle = {name: statistics.median(values) for name, values in found.items()}
    ratio = middle["ours"] / middle["bare"]
    return Row(
        case=f"{preset}: an epoch of {len(examples)} digits", metric="CPU seconds", ours=round(middle["ours"], 3),
        peer="bare loop", theirs=round(middle["bare"], 3), ratio=round(ratio, 3), bar=BAR, holds=ratio <= BAR, n=turns,
        spread=ratio_interval(found["ours"], found["bare"]),
    )  # fmt: skip


def recorded(digits: ImageSet, turns: int) -> list[Row]:
    """Runs of five epochs that keep everything, beside bare loops on the same pictures: wall and CPU time, and lag."""
    config = PRESETS["seed"].config.model_copy(update={"epochs": RECORDED_EPOCHS})
    examples = digits.examples(digits.split()[0])
    found: dict[str, list[float]] = {"ours": [], "bare": [], "ours cpu": [], "bare cpu": [], "lag": []}
    for turn in range(turns + 1):
        for name in sorted(("ours", "bare"), reverse=bool(turn % 2)):
            wall, cpu, lag = _recorded_run(digits, config) if name == "ours" else _bare_run(config, examples)
            if turn:  # the first warms up
                found[name].append(wall)
                found[f"{name} cpu"].append(cpu)
                found["lag"] += [lag] if name == "ours" else []
    case = f"recorded run: {RECORDED_EPOCHS} epochs, {FIXED} pictures on the maps"
    rows = []
    for metric, mine, theirs, bar in (("wall s to the last epoch", "ours", "bare", BAR),
                                      ("CPU seconds of the trainer", "ours cpu", "bare cpu", None)):  # fmt: skip
        ratios = [a / b for a, b in zip(found[mine], found[theirs], strict=True)]
        ratio = statistics.median(ratios)
        rows.append(Row(
            case=case, metric=metric, ours=round(statistics.median(found[mine]), 2), peer="bare loop",
            theirs=round(statistics.median(found[theirs]), 2), ratio=round(ratio, 3), bar=bar,
            holds=None if bar is None else ratio <= bar, n=turns, spread=(round(min(ratios), 3), round(max(ratios), 3)),
        ))  # fmt: skip
    lag = round(statistics.median(found["lag"]), 1)
    return [*rows, Row(case=case, metric="s until the last map, after that", ours=lag, n=turns)]


def _recorded_run(digits: ImageSet, config: TrainingConfig) -> tuple[float, float, float]:
    """Wall and CPU seconds to the last epoch's metrics, and how long the maps took after them."""
    with tempfile.TemporaryDirectory() as runs:
        folder = RunFolder.create(Path(runs), run_config("lat_bench", digits, config, Recording(points=FIXED)))
        cpu = time.process_time()
        run(folder, digits)
        cpu = time.process_time() - cpu
        events = EventTail(folder.path / EVENTS).poll()
    at = {event.type: event.ts for event in events if event.type in ("run.started", "train.metrics", "run.completed")}
    wall, lag = at["train.metrics"] - at["run.started"], at["run.completed"] - at["train.metrics"]
    return wall.total_seconds(), cpu, lag.total_seconds()


def _bare_run(config: TrainingConfig, examples: Examples) -> tuple[float, float, float]:
    begun, cpu = time.perf_counter(), time.process_time()
    bare(config, examples)
    return time.perf_counter() - begun, time.process_time() - cpu, 0.0


def ending(digits: ImageSet) -> list[Row]:
    """How long a run goes on after it was asked to stop, and how long a long log takes to read."""
    config = PRESETS["seed"].config
    with tempfile.TemporaryDirectory() as runs:
        folder = RunFolder.create(Path(runs), run_config("lat_bench", digits, config, Recording(points=FIXED)))
        asked: list[float] = []
        threading.Timer(3.0, lambda: (asked.append(time.time()), folder.request_cancel())).start()
        run(folder, digits)
        last = EventTail(folder.path / EVENTS).poll()[-1]
        late = last.ts.timestamp() - asked[0]
        with RunWriter(folder) as writer:
            writer.emit("run.started", {"after_epoch": 0})
            for number in range(LOGGED):
                writer.emit("projection.progress", {"epoch": 1, "method": "pca", "done": number, "due": LOGGED})
        begun = time.perf_counter()
        stream = RunStream(folder, 0)
        stream.look()
        read = time.perf_counter() - begun
    return [
        Row(case="a cancel", metric="s until the run is cancelled", ours=round(late, 2), bar=1.0, holds=late <= 1, n=1),
        Row(case=f"a log of {LOGGED:,} events", metric="s to read", ours=round(read, 2), bar=1.0, holds=read <= 1, n=1),
    ]  # fmt: skip


def autoencoder(examples: Examples) -> list[Row]:
    """Five epochs: what they cost, and what they teach."""
    config = PRESETS["ae"].config.model_copy(update={"epochs": 5})
    begun = time.process_time()
    outcome = train(config, examples)
    seconds = time.process_time() - begun
    accuracy = float(evaluate(outcome.model, examples)["held_out_accuracy"])
    return [
        Row(case="ae: five epochs", metric="CPU seconds", ours=round(seconds, 1), bar=20, holds=seconds <= 20, n=1),
        Row(case="ae: five epochs", metric="training accuracy", ours=round(accuracy, 3), bar=0.94,
            holds=accuracy >= 0.94, n=1),
    ]  # fmt: skip


def mixture(examples: Examples, held_out: Examples, seeds: int) -> list[Row]:
    """The default preset from several seeds, on digits that it never saw."""
    accuracies, informations, seconds = [], [], []
    for seed in range(seeds):
        begun = time.process_time()
        outcome = train(PRESETS["default"].config.model_copy(update={"seed": seed}), examples)
        seconds.append(time.process_time() - begun)
        found = evaluate(outcome.model, held_out)
        accuracies.append(float(found["held_out_accuracy"]))
        informations.append(float(found["held_out_information"]))
    case, spread = "default: held-out digits", (round(min(accuracies), 3), round(max(accuracies), 3))
    middle = statistics.median(accuracies)
    return [
        Row(case=case, metric="lowest accuracy", ours=spread[0], bar=0.50, holds=spread[0] >= 0.50, n=seeds),
        Row(case=case, metric="median accuracy", ours=round(middle, 3), bar=0.55, holds=middle >= 0.55, n=seeds,
            spread=spread),
        Row(case=case, metric="lowest I(x;c), nats", ours=round(min(informations), 2), bar=1.8,
            holds=min(informations) >= 1.8, n=seeds),
        Row(case=case, metric="CPU seconds, median", ours=round(statistics.median(seconds), 1), n=seeds),
    ]  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit status whether every bar holds."""
    given = options(__doc__, arguments)
    digits = builtin("digits")
    training, held_out = (digits.examples(rows) for rows in digits.split())
    turns = QUICK_TURNS if given.quick else TURNS
    rows = [against_bare(preset, training, turns) for preset in ("ae", "seed")]
    rows += recorded(digits, QUICK_TURNS if given.quick else RECORDED_TURNS)
    rows += ending(digits)
    rows += autoencoder(digits.examples())
    rows += mixture(training, held_out, QUICK_SEEDS if given.quick else SEEDS)
    return finish("latent_training", rows, as_json=given.as_json)


if __name__ == "__main__":
    sys.exit(main())
