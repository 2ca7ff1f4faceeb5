"""Writes the trained decoder as a Hugging Face ONNX folder: 8-bit blocks of 32, the embedding read from the blocks of the output layer.

usage: export.py FOLDER OUT        FOLDER holds checkpoint.pt and tokenizer.json
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

import model as shape
from sequences import SPECIAL

BLOCK = 32
FILES = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")


def hugging_face(state, tokenizer_file, folder):
    """The same weights under LlamaForCausalLM, checked to give the same logits."""
    config = LlamaConfig(
        vocab_size=shape.VOCABULARY, hidden_size=shape.WIDTH, intermediate_size=shape.FEED_FORWARD, num_hidden_layers=shape.LAYERS,
        num_attention_heads=shape.HEADS, num_key_value_heads=shape.KV_HEADS, head_dim=shape.HEAD, max_position_embeddings=shape.CONTEXT,
        rms_norm_eps=shape.EPSILON, tie_word_embeddings=True, bos_token_id=0, eos_token_id=0, pad_token_id=0,
        rope_parameters={"rope_type": "default", "rope_theta": shape.THETA},
    )
    theirs, ours = LlamaForCausalLM(config), shape.Decoder()
    ours.load_state_dict(state)
    theirs.model.load_state_dict(state)
    theirs.tie_weights()
    x = torch.randint(5, shape.VOCABULARY, (2, 40))
    with torch.no_grad():
        gap = (ours.logits(ours.hidden(x)) - theirs.eval()(x).logits).abs().max().item()
    if gap > 1e-3:
        sys.exit(f"The weights under LlamaForCausalLM give logits {gap:.2g} away; model.py and the config disagree.")
    theirs.save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_file=tokenizer_file, bos_token=SPECIAL[0], eos_token=SPECIAL[0], pad_token=SPECIAL[0],
        additional_special_tokens=SPECIAL[1:], model_input_names=["input_ids", "attention_mask"], clean_up_tokenization_spaces=False,
    ).save_pretrained(folder)


def share_embedding(graph):
    """Reads embedding rows from the quantized output layer, so that the table is stored once."""
    head = next(n for n in graph.node if n.op_type == "MatMulNBits" and "lm_head" in n.name)
    gather = next(n for n in graph.node if n.op_type == "Gather" and "embed" in n.name)
    sizes = {"emb_blocks_shape": [shape.VOCABULARY, shape.WIDTH], "emb_scales_shape": [shape.VOCABULARY, shape.WIDTH // BLOCK]}
    graph.initializer.extend(numpy_helper.from_array(np.array(v, np.int64), k) for k, v in sizes.items())
    parts = zip(head.input[1:4], ("emb_blocks", "emb_scales", "emb_zeros"), ("emb_blocks_shape", "emb_scales_shape", "emb_scales_shape"))
    nodes = [helper.make_node("Reshape", [source, size], [name], name=f"reshape_{name}") for source, name, size in parts]
    nodes.append(helper.make_node(
        "GatherBlockQuantized", ["emb_blocks", gather.input[1], "emb_scales", "emb_zeros"], [gather.output[0]],
        name="embed", domain="com.microsoft", bits=8, block_size=BLOCK, gather_axis=0, quantize_axis=1,
    ))
    at = list(graph.node).index(gather)
    graph.node.remove(gather)
    for k, node in enumerate(nodes):
        graph.node.insert(at + k, node)


def drop_unused(graph):
    """Removes nodes whose outputs nobody reads, and weights nobody uses."""
    while True:
        read = {name for n in graph.node for name in n.input} | {o.name for o in graph.output}
        idle = [n for n in graph.node if not any(name in read for name in n.output)]
        if not idle:
            break
        for n in idle:
            graph.node.remove(n)
    for weight in [w for w in graph.initializer if w.name not in read]:
        graph.initializer.remove(weight)


def quantized(path):
    """Every matrix in 8-bit blocks; the key/value width, which the builder leaves open, stated."""
    config = DefaultWeightOnlyQuantConfig(block_size=BLOCK, is_symmetric=False, accuracy_level=4, bits=8)
    quantizer = MatMulNBitsQuantizer(onnx.load(path), algo_config=config)
    quantizer.process()
    result = quantizer.model.model
    share_embedding(result.graph)
    drop_unused(result.graph)
    for port in [*result.graph.input, *result.graph.output]:
        for dim in port.type.tensor_type.shape.dim:
            if dim.dim_param in ("kv_cache_dim", "head_size"):
                dim.ClearField("dim_param")
                dim.dim_value = shape.HEAD
    return result


def main():
    p = argparse.ArgumentParser()
    p.add_argument("folder")
    p.add_argument("out")
    a = p.parse_args()
    state = {k: v for k, v in torch.load(f"{a.folder}/checkpoint.pt")["model"].items()}
    with tempfile.TemporaryDirectory() as scratch:
        hugging_face(state, f"{a.folder}/tokenizer.json", f"{scratch}/hf")
        builder = [sys.executable, "-m", "onnxruntime_genai.models.builder", "-m", f"{scratch}/hf", "-o", f"{scratch}/fp32"]
        subprocess.run([*builder, "-p", "fp32", "-e", "cpu", "-c", f"{scratch}/cache"], check=True, stdout=subprocess.DEVNULL)
        result = quantized(f"{scratch}/fp32/model.onnx")
        os.makedirs(f"{a.out}/onnx", exist_ok=True)
        onnx.save(result, f"{a.out}/onnx/model_quantized.onnx")
        for name in FILES:
            shutil.copy(f"{scratch}/hf/{name}", a.out)
    print(f"{os.path.getsize(f'{a.out}/onnx/model_quantized.onnx'):,} bytes of weights in {a.out}")


if __name__ == "__main__":
    main()
