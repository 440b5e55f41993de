#!/usr/bin/env python3
"""Tiny random wav2vec 2.0, HuBERT and WavLM encoders in the Hugging Face layout, with every layer's output as the
reference implementation computes it (torch 2.13, transformers 5.23, float32, eager attention).

    python make_encoders.py --out .        # needs torch, transformers, safetensors, soundfile; made once

Per encoder: config.json, preprocessor_config.json, model.safetensors and reference.safetensors with
  conv.0 .. conv.6   [frames, channels] each convolution's output after norm and GELU; of conv.0, conv.1, conv.2 and
                     conv.3 only every 16th, 8th, 4th and 2nd row is kept (metadata `step.conv.k`); of WavLM and of
                     hubert-plain every 64th, 32nd, ... row
  proj, hs.0 .. hs.N, last   [frames, hidden]; hs.N of a stable model is before the encoder's final layer norm
for the sound `ref_3p1s_16k.wav` (3.1 s of synthetic sound: tones, noise and silence). All biases, norms and
weight-norm gains are moved off their trivial values. `hubert-tiny-speech.reference.safetensors` has the same for the
trained encoder in ../weights (every 8th row). Everything here is made by this script; no third-party data.
"""
import argparse
import json
import os
import shutil

import numpy as np
import soundfile
import torch
from safetensors.torch import load_file, save_file
from transformers import (HubertConfig, HubertModel, Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model,
                          WavLMConfig, WavLMModel)

TINY = dict(hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=64, conv_dim=(24,) * 7,
            conv_kernel=(10, 3, 3, 3, 3, 2, 2), conv_stride=(5, 2, 2, 2, 2, 2, 2), num_conv_pos_embeddings=16,
            num_conv_pos_embedding_groups=4)
STABLE = dict(TINY, num_hidden_layers=4, num_attention_heads=2, feat_extract_norm="layer", do_stable_layer_norm=True,
              conv_bias=True, num_conv_pos_embeddings=15)
BATCH = dict(TINY, num_hidden_layers=2, conv_pos_batch_norm=True, feat_proj_layer_norm=False)
PLAIN = dict(TINY, num_hidden_layers=2, feat_proj_layer_norm=False)
NORMED = dict(TINY, num_hidden_layers=2, conv_pos_batch_norm=True)
RELATIVE = dict(num_buckets=32, max_bucket_distance=80)
ENCODERS = {
    "w2v2-tiny-random": (Wav2Vec2Config, Wav2Vec2Model, TINY, False),
    "w2v2-large-tiny-random": (Wav2Vec2Config, Wav2Vec2Model, STABLE, True),
    "hubert-tiny-random": (HubertConfig, HubertModel, TINY, False),
    "hubert-large-tiny-random": (HubertConfig, HubertModel, STABLE, True),
    "hubert-batchnorm-tiny-random": (HubertConfig, HubertModel, BATCH, False),
    "hubert-plain-tiny-random": (HubertConfig, HubertModel, PLAIN, False),
    "hubert-batchnorm-normed-tiny-random": (HubertConfig, HubertModel, NORMED, False),
    "wavlm-tiny-random": (WavLMConfig, WavLMModel, dict(TINY, **RELATIVE), False),
    "wavlm-large-tiny-random": (WavLMConfig, WavLMModel, dict(STABLE, **RELATIVE), True),
}


def perturb(model, seed):
    generator = torch.Generator().manual_seed(seed + 1)
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            r = torch.randn(p.shape, generator=generator)
            if name.endswith("bias"):
                p.add_(0.05 * r)
            elif "norm" in name or name.endswith("original0") or name.endswith("weight_g"):
                p.mul_(1 + 0.1 * r)
            elif name.endswith("gru_rel_pos_const"):
                p.add_(0.1 * r)
            elif "rel_attn_embed" in name:
                p.add_(0.3 * r)
            elif "q_proj" in name or "k_proj" in name:
                p.mul_(8.0)
            elif p.ndim == 2 and "encoder.layers" in name:
                p.mul_(4.0)
        for name, b in sorted(model.named_buffers()):
            if name.endswith("running_mean"):
                b.copy_(0.3 * torch.randn(b.shape, generator=generator))
            elif name.endswith("running_var"):
                b.copy_(0.5 + torch.rand(b.shape, generator=generator))


def outputs(model, x):
    """Every layer's output; hooks, because hidden_states leaves out the front end and, in some versions, hs.N."""
    rows, taps = {}, []

    def keep(key, transpose=False):
        def hook(_, __, out):
            out = out[0] if isinstance(out, tuple) else out
            rows[key] = (out[0].T if transpose else out[0]).contiguous().clone()
        return hook
    for k, layer in enumerate(model.feature_extractor.conv_layers):
        taps.append(layer.register_forward_hook(keep(f"conv.{k}", True)))
    taps.append(model.feature_projection.register_forward_hook(keep("proj")))
    for i, layer in enumerate(model.encoder.layers):
        taps.append(layer.register_forward_hook(keep(f"hs.{i + 1}")))
    with torch.no_grad():
        result = model(x, output_hidden_states=True)
    for tap in taps:
        tap.remove()
    rows["hs.0"] = result.hidden_states[0][0].contiguous().clone()
    rows["last"] = result.last_hidden_state[0].contiguous().clone()
    return rows


def build(name, sound, out, seed):
    config_class, model_class, shape, mask = ENCODERS[name]
    folder = os.path.join(out, name)
    os.makedirs(folder, exist_ok=True)
    torch.manual_seed(seed)
    config = config_class(**shape)
    config._attn_implementation = "eager"
    model = model_class(config).eval()
    perturb(model, seed)
    model.save_pretrained(folder)
    extractor = Wav2Vec2FeatureExtractor(feature_size=1, sampling_rate=16000, padding_value=0.0,
                                         do_normalize=name != "wavlm-tiny-random", return_attention_mask=mask)
    extractor.save_pretrained(folder)
    values, rate = soundfile.read(sound, dtype="int16")
    x = extractor(values.astype(np.float32) / 32768.0, sampling_rate=rate)["input_values"][0]
    rows = outputs(model, torch.tensor(np.asarray(x, dtype=np.float32))[None])
    coarse = name.startswith("wavlm") or name in ("hubert-plain-tiny-random", "hubert-batchnorm-normed-tiny-random")
    steps = {f"conv.{k}": step for k, step in enumerate((64, 32, 16, 8, 4, 2) if coarse else (16, 8, 4, 2))}
    kept = {key: value[:: steps.get(key, 1)].contiguous() for key, value in rows.items()}
    save_file(kept, os.path.join(folder, "reference.safetensors"),
              metadata={f"step.{key}": str(step) for key, step in steps.items()})


def variants(out):
    """The key names of older files with heads to leave out, and half precision twins."""
    source = os.path.join(out, "w2v2-tiny-random")
    tensors = load_file(os.path.join(source, "model.safetensors"))
    legacy = {}
    for key, value in tensors.items():
        key = key.replace("parametrizations.weight.original0", "weight_g")
        key = key.replace("parametrizations.weight.original1", "weight_v")
        legacy["wav2vec2." + key] = value
    legacy["quantizer.codevectors"] = torch.zeros(1, 8, 4)
    legacy["project_q.weight"], legacy["project_q.bias"] = torch.zeros(4, 4), torch.zeros(4)
    halves = {key: value.half() for key, value in tensors.items()}
    brains = {key: value.bfloat16() for key, value in tensors.items()}
    for name, content in (("legacy-keys", legacy), ("fp16", halves), ("bf16", brains)):
        folder = os.path.join(out, "w2v2-tiny-" + name)
        os.makedirs(folder, exist_ok=True)
        save_file(content, os.path.join(folder, "model.safetensors"), metadata={"format": "pt"})
        for file in ("config.json", "preprocessor_config.json"):
            shutil.copy(os.path.join(source, file), folder)


def pickles(out):
    """pytorch_model.bin: the older key names with heads as ZIP file; float16 as the stream of before PyTorch 1.6."""
    for name, twin, is_zip in (("w2v2-tiny-pytorch", "w2v2-tiny-legacy-keys", True),
                               ("w2v2-tiny-pytorch-stream", "w2v2-tiny-fp16", False)):
        source, folder = os.path.join(out, twin), os.path.join(out, name)
        os.makedirs(folder, exist_ok=True)
        torch.save(load_file(os.path.join(source, "model.safetensors")), os.path.join(folder, "pytorch_model.bin"),
                   _use_new_zipfile_serialization=is_zip)
        for file in ("config.json", "preprocessor_config.json"):
            shutil.copy(os.path.join(source, file), folder)


def trained(out):
    """Every 8th row of the trained encoder's layers, computed in float32 from its float16 weights."""
    folder = os.path.join(out, "..", "weights", "hubert-tiny-speech")
    model = HubertModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    extractor = Wav2Vec2FeatureExtractor.from_pretrained(folder)
    values, rate = soundfile.read(os.path.join(out, "ref_3p1s_16k.wav"), dtype="int16")
    x = extractor(values.astype(np.float32) / 32768.0, sampling_rate=rate)["input_values"][0]
    rows = outputs(model, torch.tensor(np.asarray(x, dtype=np.float32))[None])
    keys = [key for key in rows if not key.startswith("conv")]
    save_file({key: rows[key][::8].contiguous() for key in keys},
              os.path.join(out, "hubert-tiny-speech.reference.safetensors"),
              metadata={f"step.{key}": "8" for key in keys})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="names of encoders, separated by commas; nothing else is made")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    sound = os.path.join(arguments.out, "ref_3p1s_16k.wav")
    for name in arguments.only.split(",") if arguments.only else ENCODERS:
        build(name, sound, arguments.out, arguments.seed)
    if arguments.only:
        return
    variants(arguments.out)
    pickles(arguments.out)
    trained(arguments.out)


if __name__ == "__main__":
    main()
