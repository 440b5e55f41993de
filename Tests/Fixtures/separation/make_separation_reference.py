#!/usr/bin/env python3
"""A small Spleeter 2stems checkpoint with random weights and what Spleeter's own graph makes of a sound with it.

Needs tensorflow 2.12 and the package spleeter 2.4 (MIT, Deezer), of which only the graph is used. Writes beside itself
  spleeter-tiny/{checkpoint,model.index,model.data-00000-of-00001}   filters 2 ... 32, moving statistics not 0 and 1
  reference.h5    slices of both stems ("zeros" and "average") and of the first network's masks
The sound is made of integers, so that the tests can make the same one.
"""
import os
import numpy as np, h5py
import tensorflow as tf
from spleeter.model import EstimatorSpecBuilder

HERE = os.path.dirname(os.path.abspath(__file__))
FILTERS = [2, 4, 8, 16, 24, 32]
COUNT = 573_331
SLICES = [(0, 4000), (519_500, 523_500), (COUNT - 4000, COUNT)]


def sound():
    state, out = np.uint64(1), np.empty(2 * COUNT, np.float32)
    mask = (1 << 64) - 1
    s = 1
    for i in range(2 * COUNT):
        s = (s * 6364136223846793005 + 1442695040888963407) & mask
        value = ((s >> 40) & 0xffff) - 32768
        out[i] = value / 32768 * (((i // 2) // 4410 % 7 + 1) / 16)
    return out.reshape(-1, 2)


def params(extension):
    return dict(mix_name="mix", instrument_list=["vocals", "accompaniment"], sample_rate=44100, frame_length=4096,
                frame_step=1024, T=512, F=1024, n_channels=2, separation_exponent=2, mask_extension=extension,
                model=dict(type="unet.unet", params=dict(conv_n_filters=FILTERS)))


def main():
    tf.compat.v1.disable_eager_execution()
    x, weights = sound(), None
    with h5py.File(f"{HERE}/reference.h5", "w") as f:
        f.attrs["tensorflow"], f.attrs["count"] = tf.__version__, COUNT
        f["slices"] = np.array(SLICES)
        for extension in ["zeros", "average"]:
            with tf.Graph().as_default(), tf.compat.v1.Session() as s:
                ph = tf.compat.v1.placeholder(tf.float32, (None, 2), name="waveform")
                b = EstimatorSpecBuilder({"waveform": ph}, params(extension))
                out, masks = dict(b.outputs), b.masks
                variables = sorted(tf.compat.v1.global_variables(), key=lambda v: v.name)
                s.run(tf.compat.v1.global_variables_initializer())
                if weights is None:
                    rng, weights = np.random.default_rng(7), {}
                    for v in variables:
                        shape = v.shape.as_list()
                        z = rng.standard_normal(shape).astype(np.float32)
                        leaf = v.name.split("/")[-1]
                        if "kernel" in leaf: z *= np.float32(np.sqrt(2 / np.prod(shape[:3])))
                        elif "gamma" in leaf: z = 1 + np.float32(0.2) * z
                        elif "moving_mean" in leaf: z *= np.float32(0.2)
                        elif "moving_variance" in leaf: z = np.exp(np.float32(0.4) * z)
                        else: z *= np.float32(0.1)
                        weights[v.name] = z
                for v in variables: v.load(weights[v.name], s)
                if extension == "zeros":
                    step = tf.compat.v1.get_variable("global_step", [], tf.int64, tf.compat.v1.zeros_initializer())
                    s.run(step.initializer)
                    os.makedirs(f"{HERE}/spleeter-tiny", exist_ok=True)
                    tf.compat.v1.train.Saver(variables + [step]).save(s, f"{HERE}/spleeter-tiny/model", write_meta_graph=False)
                o, m = s.run([out, masks], {ph: x})
                for stem in ["vocals", "accompaniment"]:
                    cut = np.concatenate([o[stem][a:b] for a, b in SLICES]).astype("<f4")
                    f.create_dataset(f"{extension}/{stem}", data=cut, compression="gzip", shuffle=True)
                    if extension == "zeros":  # frames 510 ... 513 stand on both sides of a segment's end
                        f.create_dataset(f"mask/{stem}", data=m[stem][510:514, ::16].astype("<f4"), compression="gzip", shuffle=True)


if __name__ == "__main__":
    main()
