"""Stage `ip_adapter`: pictures as prompts, in the form that every stock pipeline's `load_ip_adapter` takes.

Of its forms the one called "full": a token for each patch that the vision tower sees. In neither form have 1,200 steps
taught it objects, only colour, ground and size (docs/decisions/0023), so it does not ship yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import safetensors.torch
import torch
from torch import Tensor, nn

from training.starter.clip import as_input, read_towers, rows_of
from training.starter.data import Bank
from training.starter.denoising import Latents, weighed_error
from training.starter.loop import Turn, train
from training.starter.parallel import Ranks
from training.starter.paths import Workspace
from training.starter.tokenizer import Encoder, read_tokenizer
from training.starter.unet import read_text_encoder, read_unet

FILE: Final = "ip-adapter.safetensors"
_UNSEEN, _UNNAMED = 0.1, 0.7  # pictures and captions left out: each must do alone, and guidance needs neither
_ITSELF = 0.5  # the prompt is the picture itself, else another of the same icon: identity more than pixels
_FAINT = 0.3  # of the text's values: patches that are not yet read say little
__all__ = ["AdapterTask", "attach", "fresh_weights", "stored_weights", "teach"]


def fresh_weights(unet: Any, text: Any, width: int, seed: int) -> dict[str, dict[str, Tensor]]:
    """Weights in the stock file's "full" form: what reads each patch is drawn, the rest starts as the text's own.

    Args:
        unet: whose cross-attentions are extended.
        text: its text encoder, on whose scale the patches' tokens begin.
        width: of the vision tower's states.
        seed: of what is drawn.
    """
    draw, norm = torch.Generator().manual_seed(seed), text.final_layer_norm
    inner = unet.config.cross_attention_dim
    projection = {
        "proj.0.weight": torch.randn(width, width, generator=draw) * width**-0.5, "proj.0.bias": torch.zeros(width),
        "proj.2.weight": torch.randn(inner, width, generator=draw) * width**-0.5, "proj.2.bias": torch.zeros(inner),
        "proj.3.weight": norm.weight.detach().cpu().clone(), "proj.3.bias": norm.bias.detach().cpu().clone(),
    }  # fmt: skip
    added, state = {}, unet.state_dict()
    for key, name in _crossings(unet):
        place = name.removesuffix(".processor")
        added[f"{key}.to_k_ip.weight"] = state[f"{place}.to_k.weight"].clone()
        added[f"{key}.to_v_ip.weight"] = state[f"{place}.to_v.weight"].clone() * _FAINT
    return {"image_proj": projection, "ip_adapter": added}


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
        for key, value in module.state_dict().items():
            stock = key.replace("_ip.0.", "_ip.")
            for own, theirs in (("ff.net.0.proj.", "proj.0."), ("ff.net.2.", "proj.2."), ("norm.", "proj.3.")):
                stock = stock.replace(own, theirs)
            stored[f"{name}.{stock}"] = value.detach().clone().contiguous()
    return stored


def _crossings(unet: Any) -> list[tuple[int, str]]:
    """Cross-attentions with the number that the stock file gives them: every second processor, in order."""
    names = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
    return [(2 * number + 1, name) for number, name in enumerate(names)]


class AdapterTask:
    """The UNet's own task with a picture beside the caption, or in its place."""

    name = "ip_adapter"
    factors: Mapping[str, float] = {}

    def __init__(self, nets: tuple[Any, Any, Any], bank: Bank, latents: Latents, encode: Encoder) -> None:
        self._unet, self._text, self._vision = nets
        self.trained: Mapping[str, nn.Module] = {"unet": self._unet}
        self._bank, self._latents, self._encode, self._of_icon = bank, latents, encode, rows_of(bank)

    def loss(self, turn: Turn, batch: int) -> Tensor:
        """One batch."""
        rows, noisy, times, target, weight = self._latents.draw(turn, batch)
        unseen, unnamed, itself = turn.numpy.random((3, batch)) < [[_UNSEEN], [_UNNAMED], [_ITSELF]]
        captions = ["" if quiet else str(self._bank.caption(row)) for row, quiet in zip(rows, unnamed, strict=True)]
        prompts = [row if same else self._sibling(row, turn) for row, same in zip(rows, itself, strict=True)]
        with torch.no_grad():
            words = self._text(torch.tensor(self._encode(captions), device=noisy.device)).last_hidden_state
            pictures = as_input(self._bank.pictures[prompts], str(noisy.device))
            pictures = pictures * torch.from_numpy(~unseen).to(pictures.device)[:, None, None, None]
            seen = self._vision(pictures, output_hidden_states=True).hidden_states[-2]
        added = {"image_embeds": [seen[:, None]]}
        return weighed_error(self._unet(noisy, times, words, added_cond_kwargs=added).sample, target, weight)

    def _sibling(self, row: int, turn: Turn) -> int:
        return int(turn.numpy.choice(self._of_icon[int(self._bank.facts[row, 0])]))


def teach(space: Workspace, ranks: Ranks) -> None:
    """Train it and write one file."""
    profile, folder = space.profile, space.of("ip_adapter")
    tokenizer = read_tokenizer(space.of("tokenizer"), profile.words.tokens)
    unet, text = read_unet(space).requires_grad_(False), read_text_encoder(space).requires_grad_(False)
    vision = read_towers(space, len(tokenizer)).vision.requires_grad_(False)
    encode = Encoder(tokenizer, profile.words.tokens)
    modules = attach(unet, fresh_weights(unet, text, profile.towers.width, profile.seed))
    for module in modules.values():
        module.to(profile.device).requires_grad_(True)
    task = AdapterTask((unet, text, vision), Bank.open(space), Latents.open(space), encode)
    found = train(task, profile, profile.ip_adapter, folder, ranks=ranks)
    if ranks.first:
        safetensors.torch.save_file(stored_weights(modules), str(folder / FILE))
        space.finish("ip_adapter", **found)
