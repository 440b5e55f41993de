#!/usr/bin/env python3
"""Tiny random XLS-R, data2vec-audio and MERT encoders in the layouts that make_encoders.py does not have, with every
layer's output (torch 2.13, transformers 5.24, float32, eager attention; rows thinned as `step.KEY` says).

    python make_variants.py        # needs torch, transformers, safetensors, soundfile; made once

xlsr-tiny-random       a stable wav2vec 2.0 saved from its pretraining model, in shards with model.safetensors.index.json
data2vec-tiny-random   processor_config.json instead of preprocessor_config.json, as transformers 5 writes processors
mert-tiny-random       a HuBERT with MERT's config.json (24 kHz), in shards with pytorch_model.bin.index.json
"""
import json
import os

import numpy as np
import soundfile
import torch
from safetensors.torch import save_file
from transformers import (Data2VecAudioConfig, Data2VecAudioModel, HubertConfig, HubertModel, Wav2Vec2Config,
                          Wav2Vec2FeatureExtractor, Wav2Vec2ForPreTraining)

from make_encoders import outputs, perturb

here = os.path.dirname(os.path.abspath(__file__))
SMALL = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=40, conv_dim=(12,) * 7,
             num_conv_pos_embedding_groups=4)
STEPS = dict({f"conv.{k}": s for k, s in enumerate((128, 64, 32, 16, 16, 8, 8))}, proj=8, last=8,
             **{f"hs.{i}": 8 for i in range(3)})


def eager(config):
    config._attn_implementation = "eager"
    return config


def write(name, model, encoder, rate, save):
    """The layers for the sound's samples taken at `rate`; `save` writes weights and configurations."""
    folder = os.path.join(here, name)
    os.makedirs(folder, exist_ok=True)
    model.eval()
    perturb(model, 1)
    extractor = Wav2Vec2FeatureExtractor(feature_size=1, sampling_rate=rate, padding_value=0.0, do_normalize=True,
                                         return_attention_mask=True)
    save(folder, model, extractor)
    values, _ = soundfile.read(os.path.join(here, "ref_3p1s_16k.wav"), dtype="int16")
    x = extractor(values.astype(np.float32) / 32768.0, sampling_rate=rate)["input_values"][0]
    rows = outputs(encoder, torch.tensor(np.asarray(x, dtype=np.float32))[None])
    save_file({key: value[:: STEPS[key]].contiguous() for key, value in rows.items()},
              os.path.join(folder, "reference.safetensors"), metadata={f"step.{k}": str(s) for k, s in STEPS.items()})


def xlsr(folder, model, extractor):
    model.save_pretrained(folder, max_shard_size="40KB")
    extractor.save_pretrained(folder)


def data2vec(folder, model, extractor):
    model.save_pretrained(folder)
    with open(os.path.join(folder, "processor_config.json"), "w") as f:
        json.dump({"feature_extractor": extractor.to_dict(), "processor_class": "Wav2Vec2Processor"}, f, indent=1)


def mert(folder, model, extractor):
    """Two files of torch.save, the older names of weight norm, and the configuration that MERT-v1-95M adds."""
    state = {key.replace("parametrizations.weight.original0", "weight_g")
             .replace("parametrizations.weight.original1", "weight_v"): value for key, value in model.state_dict().items()}
    parts = {"pytorch_model-00001-of-00002.bin": {}, "pytorch_model-00002-of-00002.bin": {}}
    index = {}
    for key, value in state.items():
        name = sorted(parts)[key.startswith("encoder.layers")]
        parts[name][key] = value.clone()
        index[key] = name
    for name, part in parts.items():
        torch.save(part, os.path.join(folder, name))
    with open(os.path.join(folder, "pytorch_model.bin.index.json"), "w") as f:
        json.dump({"metadata": {"total_size": sum(v.nbytes for v in state.values())}, "weight_map": index}, f, indent=1)
    config = dict(model.config.to_dict(), model_type="mert_model", architectures=["MERTModel"], sample_rate=24000,
                  feature_extractor_cqt=False, feature_extractor_cqt_bins=336, deepnorm=False, attention_relax=-1.0)
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump(config, f, indent=1)
    extractor.save_pretrained(folder)


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    stable = dict(SMALL, feat_extract_norm="layer", do_stable_layer_norm=True, conv_bias=True,
                  num_conv_pos_embeddings=16, num_codevectors_per_group=4, codevector_dim=8, proj_codevector_dim=8)
    model = Wav2Vec2ForPreTraining(eager(Wav2Vec2Config(**stable)))
    write("xlsr-tiny-random", model, model.wav2vec2, 16000, xlsr)
    model = Data2VecAudioModel(eager(Data2VecAudioConfig(**SMALL, conv_pos_kernel_size=6, num_conv_pos_embeddings=3)))
    write("data2vec-tiny-random", model, model, 16000, data2vec)
    model = HubertModel(eager(HubertConfig(**SMALL, num_conv_pos_embeddings=16)))
    write("mert-tiny-random", model, model, 24000, mert)


if __name__ == "__main__":
    main()
