"""Writes the VGGish fixtures with PyTorch, h5py and torchvggish 0.2's mel_features (give its folder as argument).

tiny.pth, tiny_legacy.pth, tiny.safetensors   the weights of vggish_weights.py under torchvggish's names
components/tiny.pth, vggish_pca_params.npz    the same weights with principal components beside them
reference.h5                                  log mel examples of signals.sound(16000, 2.2) by torchvggish's code; outputs
                                              of the tiny network for them and for the real widths (one example)
"""

import os
import sys

import h5py
import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

import vggish_weights
from vggish_weights import signals

sys.path.insert(0, sys.argv[1])
import mel_features

here = os.path.dirname(os.path.abspath(__file__))
torch.set_grad_enabled(False)


def state(layers):
    names = [f"features.{i}" for i in (0, 3, 6, 8, 11, 13)] + [f"embeddings.{i}" for i in (0, 2, 4)]
    out = {}
    for name, (_, weight, bias) in zip(names, layers):
        w = torch.from_numpy(weight)
        out[f"{name}.weight"] = (w.permute(3, 2, 0, 1) if w.ndim == 4 else w.T).contiguous()
        out[f"{name}.bias"] = torch.from_numpy(bias)
    return out


def forward(weights, examples):
    """Outputs by key; torchvggish's forward with every activation kept."""
    keys = ["conv1", "conv2", "conv3_1", "conv3_2", "conv4_1", "conv4_2"]
    x = torch.from_numpy(examples.astype(np.float32))[:, None]
    out = {}
    for key, i in zip(keys, (0, 3, 6, 8, 11, 13)):
        x = F.relu(F.conv2d(x, weights[f"features.{i}.weight"], weights[f"features.{i}.bias"], padding=1))
        out[key] = x.double().mean((2, 3)).float()
        if key not in ("conv3_1", "conv4_1"):
            x = F.max_pool2d(x, 2, 2)
    x = x.permute(0, 2, 3, 1).reshape(len(examples), -1)
    for key, i in (("fc1_1", 0), ("fc1_2", 2), ("fc2_pre", 4)):
        x = F.linear(x, weights[f"embeddings.{i}.weight"], weights[f"embeddings.{i}.bias"])
        if key != "fc2_pre":
            x = F.relu(x)
        out[key] = x
    out["fc2_relu"] = F.relu(x)
    return out


def components():
    """Vectors [12, 12] and means [12, 1] as the published file has them (float64 in the archive)."""
    return signals.hashed(500, 144).reshape(12, 12).astype(np.float64), signals.hashed(501, 12).reshape(12, 1)


x = signals.sound(16000, 2.2)
log_mel = mel_features.log_mel_spectrogram(
    x.astype(np.float64), audio_sample_rate=16000, log_offset=0.01, window_length_secs=0.025, hop_length_secs=0.010,
    num_mel_bins=64, lower_edge_hertz=125, upper_edge_hertz=7500)
examples = mel_features.frame(log_mel, window_length=96, hop_length=96)
tiny = state(vggish_weights.layers())
os.makedirs(os.path.join(here, "components"), exist_ok=True)
torch.save(tiny, os.path.join(here, "tiny.pth"))
torch.save(tiny, os.path.join(here, "components", "tiny.pth"))
torch.save(tiny, os.path.join(here, "tiny_legacy.pth"), _use_new_zipfile_serialization=False)
save_file(tiny, os.path.join(here, "tiny.safetensors"))
vectors, means = components()
np.savez(os.path.join(here, "components", "vggish_pca_params.npz"), pca_eigen_vectors=vectors, pca_means=means)
with h5py.File(os.path.join(here, "reference.h5"), "w") as f:
    f["examples"] = examples.astype(np.float32)
    out = forward(tiny, examples)
    e = out["fc2_pre"].numpy().astype(np.float64)
    pca = np.clip((vectors @ (e.T - means)).T, -2, 2)
    out["pca"] = torch.from_numpy(pca)
    out["pca_quantised"] = torch.from_numpy(np.round((pca + 2) * (255 / 4)))
    for key, value in out.items():
        f[f"tiny/{key}"] = value.numpy().astype(np.float32)
    full = state(vggish_weights.layers((64, 128, 256, 256, 512, 512), (4096, 4096, 128)))
    for key, value in forward(full, examples[:1]).items():
        f[f"full/{key}"] = value.numpy()
