"""Writes the OpenL3 fixtures with tf.keras 2.12 (TensorFlow 2.12, h5py, safetensors not needed).

tiny.h5, tiny.h5.gz   a network of OpenL3's structure with 4, 4, 8, 8, 16, 16, 32, 32 channels, weights from
                      signals.kernel, written by Keras' save_weights; batch norms with statistics far from 0 and 1
reference.h5          pictures (both front ends) of signals.sound(48000, 1), and for the sound signals.sound(48000, 1.7)
                      with hop 0.5 s the outputs of Keras for each example: the means of every stage, and both embeddings
                      the group full has one example of the network of real size, weights from signals.kernel too
"""

import gzip
import os
import zlib

import h5py
import numpy as np
import tensorflow as tf

import signals

here = os.path.dirname(os.path.abspath(__file__))
layers = tf.keras.layers


def network(channels):
    x = inputs = layers.Input(shape=(256, 199, 1))
    taps = []
    x = layers.BatchNormalization()(x)
    for i, c in enumerate(channels):
        name = "audio_embedding_layer" if i == 7 else None
        x = layers.Conv2D(c, (3, 3), padding="same", name=name)(x)
        if i < 7:
            x = layers.BatchNormalization()(x)
            x = layers.Activation("relu")(x)
        taps.append(x)
        if i in (1, 3, 5):
            x = layers.MaxPooling2D(pool_size=(2, 2), strides=2)(x)
    big = layers.Flatten()(layers.MaxPooling2D(pool_size=(8, 8), padding="same")(x))
    small = layers.Flatten()(layers.MaxPooling2D(pool_size=(32, 24), padding="same")(x))
    bare = tf.keras.Model(inputs, x)
    return bare, tf.keras.Model(inputs, taps + [big, small])


def fill(model):
    """Weights by formula: seed 10 n + k for weight k of the n-th layer that has any."""
    n = 0
    for layer in model.layers:
        shapes = [w.shape for w in layer.weights]
        if not shapes:
            continue
        if len(shapes) == 2:
            fan = int(np.prod(shapes[0][:3]))
            values = [signals.kernel(10 * n, tuple(shapes[0]), fan), 0.1 * signals.hashed(10 * n + 1, shapes[1][0])]
        else:
            c = shapes[0][0]
            h = [signals.hashed(10 * n + k, c) for k in range(4)]
            if n == 0:
                values = [1 + 0.1 * h[0], 0.1 * h[1], -30 + 5 * h[2], 300 + 50 * h[3]]
            else:
                values = [1 + 0.3 * h[0], 0.2 * h[1], 0.3 * h[2], 1 + 0.5 * h[3]]
        layer.set_weights([v.astype(np.float32) for v in values])
        n += 1


def examples(x, hop):
    x = np.concatenate([np.zeros(24000, np.float32), x])
    count = 1 if len(x) < 48000 else 1 + -(-(len(x) - 48000) // hop)
    x = np.concatenate([x, np.zeros((count - 1) * hop + 48000 - len(x), np.float32)])
    return [x[i * hop:i * hop + 48000] for i in range(count)]


def run(model, pictures):
    out = [np.asarray(o) for o in model(np.stack(pictures)[..., None].astype(np.float32), training=False)]
    return [o.astype(np.float64).mean((1, 2)).astype(np.float32) for o in out[:8]] + out[8:]


def pack(path):
    """Two gzip members, so that a reader meets every kind of block: fixed codes, and stored (dynamic ones are usual)."""
    with open(path, "rb") as plain:
        data = plain.read()
    with open(path + ".gz", "wb") as packed:
        fixed = zlib.compressobj(9, zlib.DEFLATED, 31, 9, zlib.Z_FIXED)
        packed.write(fixed.compress(data[:100000]) + fixed.flush())
        packed.write(gzip.compress(data[100000:], compresslevel=0, mtime=0))


def main():
    names = [f"conv{b}_{i}" for b in (1, 2, 3, 4) for i in (1, 2)] + ["embedding", "embedding_512"]
    bare, model = network([4, 4, 8, 8, 16, 16, 32, 32])
    fill(bare)
    path = os.path.join(here, "tiny.h5")
    bare.save_weights(path)
    pack(path)
    with h5py.File(os.path.join(here, "reference.h5"), "w") as f:
        x = signals.sound(48000, 1)
        for original, version in ((False, "kapre-0.3"), (True, "kapre-0.1")):
            f[f"picture/{version}"] = signals.openl3_picture(x, original).astype(np.float32)
            pictures = [signals.openl3_picture(e, original) for e in examples(signals.sound(48000, 1.7), 24000)]
            for name, value in zip(names, run(model, pictures)):
                f[f"tiny/{version}/{name}"] = value
        bare, model = network([64, 64, 128, 128, 256, 256, 512, 512])
        fill(bare)
        for name, value in zip(names, run(model, [signals.openl3_picture(x, False)])):
            f[f"full/{name}"] = value


main()
