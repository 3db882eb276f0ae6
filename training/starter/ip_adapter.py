"""Stage `ip_adapter`: pictures as prompts, in the form that every stock pipeline's `load_ip_adapter` takes.

What it learns from is not the noise that was added but what the UNet itself answers to the caption: the same lesson
without its luck, which is far larger than what a caption explains (docs/decisions/0023).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import safetensors.torch
import torch
from torch import Tensor, nn

from training.starter.clip import read_towers
from training.starter.data import Bank
from training.starter.denoising import Latents, weighed_error
from training.starter.loop import Turn, train
from training.starter.parallel import Ranks
from training.starter.paths import Workspace
from training.starter.resampler import Seen, as_stock, read_resampler
from training.starter.tokenizer import Encoder, read_tokenizer
from training.starter.unet import read_text_encoder, read_unet

FILE: Final = "ip-adapter.safetensors"
_UNNAMED = 0.7  # of the pictures come with no word beside them
__all__ = ["AdapterTask", "attach", "fresh_weights", "stored_weights", "teach"]


def fresh_weights(unet: Any, resampler: dict[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """Weights in the stock file's form, untrained: the picture's tokens are read as the text's are."""
    added, state = {}, unet.state_dict()
    for key, name in _crossings(unet):
        place = name.removesuffix(".processor")
        for part in ("k", "v"):
            added[f"{key}.to_{part}_ip.weight"] = state[f"{place}.to_{part}.weight"].clone()
    return {"image_proj": resampler, "ip_adapter": added}


def attach(unet: Any, weights: dict[str, dict[str, Tensor]]) -> dict[str, nn.Module]:
    """Put an adapter on a UNet by the stock loader; the modules that it added, by the names of its file's parts."""
    unet._load_ip_adapter_weights([weights], low_cpu_mem_usage=False)
    processors = unet.attn_processors
    added = {f"ip_adapter.{key}": processors[name] for key, name in _crossings(unet)}
    return {"image_proj": unet.encoder_hid_proj.image_projection_layers[0], **added}


def stored_weights(modules: Mapping[str, nn.Module]) -> dict[str, Tensor]:
    """The stock file's tensors of what `attach` returned."""
    stored = {}
    for name, module in modules.items():
        for key, value in as_stock(module.state_dict()).items():
            stored[f"{name}.{key.replace('_ip.0.', '_ip.')}"] = value
    return stored


def _crossings(unet: Any) -> list[tuple[int, str]]:
    """Cross-attentions with the number that the stock file gives them: every second processor, in order."""
    names = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
    return [(2 * number + 1, name) for number, name in enumerate(names)]


class AdapterTask:
    """What the UNet answers to a picture is to be what it answers to the picture's caption."""

    name = "ip_adapter"
    factors: Mapping[str, float] = {}

    def __init__(
        self, nets: tuple[Any, Any, Any], modules: Mapping[str, nn.Module], seen: Seen, latents: Latents,
        encode: Encoder,
    ) -> None:  # fmt: skip
        self._seeing, self._unet, self._text = nets
        self.trained = modules
        self._seen, self._latents, self._encode = seen, latents, encode

    def loss(self, turn: Turn, batch: int) -> Tensor:
        """One batch."""
        rows, noisy, times, _, weight = self._latents.draw(turn, batch)
        states, captions = self._seen.look(rows, turn)
        unnamed = turn.numpy.random(batch) < _UNNAMED
        beside = ["" if quiet else one for one, quiet in zip(captions, unnamed, strict=True)]
        with torch.no_grad():
            ids = torch.tensor(self._encode([*captions, *beside]), device=noisy.device)
            said, words = self._text(ids).last_hidden_state.chunk(2)
            target = self._unet(noisy, times, said).sample.float()
        added = {"image_embeds": [states[:, None]]}
        return weighed_error(self._seeing(noisy, times, words, added_cond_kwargs=added).sample, target, weight)


def teach(space: Workspace, ranks: Ranks) -> None:
    """Train it and write one file."""
    profile, folder = space.profile, space.of("ip_adapter")
    tokenizer = read_tokenizer(space.of("tokenizer"), profile.words.tokens)
    unet, text = read_unet(space).requires_grad_(False), read_text_encoder(space).requires_grad_(False)
    seeing, vision = read_unet(space).requires_grad_(False), read_towers(space, len(tokenizer)).vision
    modules = attach(seeing, fresh_weights(unet, read_resampler(space)))
    for module in modules.values():
        module.to(profile.device).requires_grad_(True)
    seen = Seen(vision, Bank.open(space), profile.device)
    encode = Encoder(tokenizer, profile.words.tokens)
    task = AdapterTask((seeing, unet, text), modules, seen, Latents.open(space), encode)
    found = train(task, profile, profile.ip_adapter, folder, ranks=ranks)
    if ranks.first:
        safetensors.torch.save_file(stored_weights(modules), str(folder / FILE))
        space.finish("ip_adapter", **found)
