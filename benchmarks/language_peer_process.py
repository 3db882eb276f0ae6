"""One steered answer at a time by another package, in an environment of its own; `language_peers` talks with it.

    python language_peer_process.py steering-vectors|repeng MODEL_FOLDER DIRECTION.npy LAYER DTYPE

Reads one JSON line a request (`prompt_tokens`, `new_tokens`) and answers one (`tokens`, their ids; `cpu_s`). Imports
nothing of this project. The vector is added at every position: neither package tells a prompt from an answer.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch  # noqa: TID253  (it runs beside the project, not in it)
from transformers import AutoConfig, AutoModelForCausalLM  # noqa: TID253

torch.set_num_threads(1)
Steered = Callable[[dict[str, Any]], Any]


def by_steering_vectors(model: Any, direction: Any, layer: int) -> Steered:
    """`model.generate` under a vector of steering-vectors."""
    from steering_vectors import SteeringVector

    vector = SteeringVector(layer_activations={layer: direction.to(model.dtype)})

    def generate(asked: dict[str, Any]) -> Any:
        with vector.apply(model):
            return model.generate(**asked)

    return generate


def by_repeng(model: Any, direction: Any, layer: int) -> Steered:
    """`model.generate` under a control vector of repeng."""
    from repeng import ControlModel

    control = ControlModel(model, [layer])
    control.set_raw_control({layer: direction.to(model.dtype)})
    return lambda asked: control.generate(**asked)


def main() -> None:
    """Serve until the input ends."""
    package, folder, path, layer, dtype = sys.argv[1:]
    config = AutoConfig.from_pretrained(folder)
    if rope := getattr(config, "rope_parameters", None):  # as transformers 5 writes it; 4 reads another name
        config.rope_theta = rope["rope_theta"]
    model = AutoModelForCausalLM.from_pretrained(folder, config=config, dtype=getattr(torch, dtype)).eval()
    make = {"steering-vectors": by_steering_vectors, "repeng": by_repeng}[package]
    generate = make(model, torch.from_numpy(np.load(path)), int(layer))
    print(json.dumps({"ready": package}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        prompt = torch.tensor([asked["prompt_tokens"]])
        count = asked["new_tokens"]
        begun = time.process_time()
        with torch.inference_mode():
            made = generate({
                "input_ids": prompt, "attention_mask": torch.ones_like(prompt), "do_sample": False,
                "max_new_tokens": count, "min_new_tokens": count, "pad_token_id": 0,
            })  # fmt: skip
        seconds = time.process_time() - begun
        print(json.dumps({"tokens": made[0, prompt.shape[1] :].tolist(), "cpu_s": seconds}), flush=True)


if __name__ == "__main__":
    main()
