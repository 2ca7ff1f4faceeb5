"""Makes the tiny random models of the golden values as safetensors: `make_families.py GOLDEN_FAMILIES OUT [FAMILY ...]`.

The golden values' own generator fills in the weights; what it needs for its ONNX graphs and tokenizers is stood in for here.
"""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

import torch
import transformers  # noqa: F401  (imported before the stand-ins, which it looks for)


def main(source: Path, out: Path, families: list[str]) -> None:
    for name in ("onnx", "onnxruntime", "graph", "templates"):
        stand_in = module_from_spec(ModuleSpec(name, None))
        stand_in.__dict__.update(dict.fromkeys(("build", "layer_norm", "rms", "CHATML", "LLAMA2", "MISTRAL_V01")))
        sys.modules[name] = stand_in
    sys.path.insert(0, str(source / "src"))
    import gen

    torch.set_grad_enabled(False)
    for name in families or gen.FAMILIES:
        family = gen.FAMILIES[name]
        model = family["cls"](family["cfg"]).float().eval()
        gen.fill(model, family)
        if family["tied"]:
            model.tie_weights()
        model.save_pretrained(out / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
