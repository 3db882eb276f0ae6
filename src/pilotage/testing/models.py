"""What every model promises: subclass `ModelContract` and provide `model` (and `request` if it reads text)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError, JobCancelledError, UnsupportedInputError
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.models.base import Model, Output, Row
from pilotage.models.requests import Asset, GenerationRequest
from pilotage.spaces import Conditioning


class ModelContract:
    """The contract of `pilotage.models.Model`; one instance is shared by all tests of a class if you like."""

    @pytest.fixture
    def model(self) -> Model:
        raise NotImplementedError

    @pytest.fixture
    def request_(self) -> GenerationRequest:
        """A request that the model accepts; make it cheap."""
        return GenerationRequest(prompt="")

    def run(
        self,
        model: Model,
        request: GenerationRequest,
        seeds: Sequence[int],
        *,
        conditioning: Conditioning | None = None,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
    ) -> tuple[Output, ...]:
        """Outputs at `conditioning` (the unsteered one if None), one a seed."""
        point = conditioning if conditioning is not None else model.encode(request)
        rows = [Row(point, seed) for seed in seeds]
        return model.generate(request, rows, progress=progress or (lambda step: None), cancel=cancel)

    def test_info_is_known_before_it_is_loaded(self, model: Model) -> None:
        model.unload()
        assert model.info.name
        assert model.info.family
        assert not model.loaded

    def test_loading_twice_keeps_the_fingerprint(self, model: Model) -> None:
        model.load()
        first = model.info.fingerprint
        model.load()
        assert model.loaded
        assert model.info.fingerprint == first is not None

    def test_encoding_is_repeatable_and_finite(self, model: Model, request_: GenerationRequest) -> None:
        first, second = model.encode(request_), model.encode(request_)
        assert first.fingerprint() == second.fingerprint()
        assert all(np.isfinite(array).all() for array in first.values())
        assert first.steered

    def test_one_output_a_row_of_the_declared_modality(self, model: Model, request_: GenerationRequest) -> None:
        outputs = self.run(model, request_, [1, 2, 3])
        types = {"image": "image/", "text": "text/", "number": "application/json"}
        assert len(outputs) == 3
        for output in outputs:
            assert output.media is not None, output.error
            assert output.media.media_type.startswith(types[model.info.capabilities.modality])

    def test_the_same_rows_give_the_same_bytes(self, model: Model, request_: GenerationRequest) -> None:
        assert self.run(model, request_, [5, 6]) == self.run(model, request_, [5, 6])

    def test_the_seed_decides_if_it_says_so(self, model: Model, request_: GenerationRequest) -> None:
        first, second = self.run(model, request_, [1, 2])
        assert (first != second) == model.info.capabilities.seeded

    def test_the_conditioning_decides(self, model: Model, request_: GenerationRequest) -> None:
        centre = model.encode(request_)
        moved = centre.merged({name: array + 0.3 for name, array in centre.steered.items()})
        assert self.run(model, request_, [1]) != self.run(model, request_, [1], conditioning=moved)

    def test_a_row_of_nan_fails_alone(self, model: Model, request_: GenerationRequest) -> None:
        centre = model.encode(request_)
        broken = centre.merged({name: array * np.nan for name, array in centre.steered.items()})
        good, bad, also = model.generate(request_, [Row(centre, 1), Row(broken, 2), Row(centre, 3)])
        assert bad.media is None
        assert bad.error
        assert good.media is not None
        assert also.media is not None

    def test_progress_counts_up_to_its_total(self, model: Model, request_: GenerationRequest) -> None:
        steps: list[Step] = []
        self.run(model, request_, [1, 2], progress=steps.append)
        generating = [step for step in steps if step.phase == "generating"]
        assert [step.done for step in generating] == list(range(1, generating[-1].total + 1))
        if model.info.capabilities.previews:
            assert {row for step in generating for row, _ in step.previews} == {0, 1}
            assert all(media.pixels().ndim == 3 for step in generating for _, media in step.previews)

    def test_cancelling_stops_it_within_a_step(self, model: Model, request_: GenerationRequest) -> None:
        token, seen = CancelToken(), []

        def stop_at_once(step: Step) -> None:
            if step.phase == "generating":
                seen.append(step.done)
                token.cancel()

        with pytest.raises(JobCancelledError):
            self.run(model, request_, [1, 2, 3], progress=stop_at_once, cancel=token)
        assert len(seen) == 1
        assert self.run(model, request_, [1])[0].media is not None  # and goes on as if nothing had been

    def test_a_batch_beyond_its_limit_is_refused_by_field(self, model: Model, request_: GenerationRequest) -> None:
        for count in (0, model.info.capabilities.max_batch + 1):
            with pytest.raises(UnsupportedInputError) as caught:
                self.run(model, request_, range(count))
            assert caught.value.field == "rows"

    def test_what_it_does_not_take_is_refused_by_field(self, model: Model, request_: GenerationRequest) -> None:
        model.load()
        taken = model.info.capabilities
        asset = Asset(kind=_foreign_kind(taken.assets), artifact="0" * 64)
        wrong: dict[str, dict[str, object]] = {
            "assets.0.kind": {"assets": (asset,)},
            "scheduler": {"scheduler": "no such scheduler"},
            **({} if taken.guidance else {"guidance": {"guidance": 3.0}}),
            **({} if taken.negative_prompt else {"negative_prompt": {"negative_prompt": "rain"}}),
            **({"prompt": {"prompt": " "}} if taken.text else {}),
            "prompts": {"prompts": ("a fox",) * (taken.prompts + 1)},
            "max_tokens": {"max_tokens": taken.max_tokens + 1},
            **({"width": {"width": taken.size_multiple * 2 + 1}} if taken.size else {"width": {"width": 64}}),
        }
        for field, update in wrong.items():
            with pytest.raises(UnsupportedInputError) as caught:
                model.encode(request_.model_copy(update=update))
            assert caught.value.field == field

    def test_captions_embed_as_they_encode_or_are_refused(self, model: Model, request_: GenerationRequest) -> None:
        model.load()
        if not model.info.capabilities.captions:
            with pytest.raises(InvalidInputError):
                model.embed(["a fox"])
            return
        first, second = model.embed([request_.prompt, f"{request_.prompt} {request_.prompt}"])
        anchor = model.encode(request_).steered
        assert set(first.conditioning) == set(anchor)
        for name, array in first.conditioning.items():
            np.testing.assert_allclose(array, anchor[name], atol=1e-4)
        assert first.content.dtype == bool
        assert 0 < first.content.sum() < second.content.sum()

    def test_coordinates_of_its_own_fit_its_conditioning(self, model: Model, request_: GenerationRequest) -> None:
        own = model.own_space()
        assert (own is None) == model.info.capabilities.captions
        if own is not None:
            region, axes = own
            assert region.dim == len(axes) == len(model.encode(request_).steered.flat())

    def test_unloading_brings_back_the_same_outputs(self, model: Model, request_: GenerationRequest) -> None:
        before = self.run(model, request_, [4])
        model.unload()
        assert not model.loaded
        assert self.run(model, request_, [4]) == before


def _foreign_kind(taken: Sequence[str]) -> object:
    return next((kind for kind in ("reference_image", "mask", "control_image") if kind not in taken), "other")
