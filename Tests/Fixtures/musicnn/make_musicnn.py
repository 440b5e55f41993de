"""Writes the musicnn fixtures with the package musicnn 0.1.0 itself (its graph, its front end) over TensorFlow 2.15.1.

tiny-musicnn, tiny-vgg   checkpoints as the package has them (an empty prefix: files `.index` and `.data-00000-of-00001`),
                         with few channels, random weights and slots of an optimiser
../weights/musicnn-msd   the trained MSD_musicnn of the package, float16, without its optimiser's slots (ISC)
reference.h5             every 17th frame of the log mel examples of signals.sound(16000, 7.3), and every layer of these
                         three networks for the examples

musicnn 0.1.0 asks for librosa 0.7, which mirrors the sound at its ends; here librosa 0.9.2 is told to. Usage:
python make_musicnn.py [FOLDER OF MSD_musicnn]; the package's own unless told.
"""

import functools
import json
import os
import shutil
import sys
import tempfile

import h5py
import librosa
import numpy as np
import soundfile
import tensorflow as tf

import musicnn
from musicnn import configuration, extractor, models

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "openl3"))
import signals

tf1 = tf.compat.v1
FRAMES = 187
librosa.feature.melspectrogram = functools.partial(librosa.feature.melspectrogram, pad_mode="reflect")


def small_musicnn(x, training):
    """models.build_musicnn with an eighth of the front end's filters, 6 in the middle and 10 units."""
    front = models.frontend(x, training, configuration.N_MELS, num_filt=0.1, type="7774timbraltemporal")
    middle = models.midend(tf.concat(front, 2), training, 6)
    logits, penultimate, mean, largest = models.backend(tf.concat(middle, 2), training, 50, 10, type="globalpool_dense")
    timbral, temporal = tf.concat(front[:2], 2), tf.concat(front[2:], 2)
    pools = [tf.squeeze(pool, [2]) for pool in (mean, largest)]
    return (logits, timbral, temporal, *middle[1:], *pools, penultimate)


def whole_musicnn(x, training):
    return models.define_model(x, training, "MSD_musicnn", 50)


def small_vgg(x, training):
    return models.vgg(x, training, 50, 6)


def named(outputs):
    """Layers by key, each one row an example: means over time (and frequency) where a layer has more."""
    logits, rest = outputs[0], outputs[1:]
    keys = ["timbral", "temporal", "cnn1", "cnn2", "cnn3", "mean_pool", "max_pool", "penultimate"]
    if len(rest) == 5:
        keys = [f"pool{i}" for i in range(1, 6)]
    out = {}
    for key, value in zip(keys, rest):
        value = np.asarray(value, np.float64)
        if key in ("timbral", "temporal"):
            value = value.mean(1)
        elif key.startswith("cnn"):
            value = value.mean((1, 3))
        elif key == "pool5":
            value = value.reshape(len(value), -1)
        elif key.startswith("pool"):
            value = value.mean((1, 2))
        out[key] = value.reshape(len(value), -1)
    out["logits"] = logits
    out["tags"] = 1 / (1 + np.exp(-np.asarray(logits, np.float64)))
    return {key: value.astype(np.float32) for key, value in out.items()}


def run(build, examples, prepare, save=None):
    """The network's layers for examples; `prepare` fills its variables, `save` is a folder for its checkpoint."""
    tf1.reset_default_graph()
    x = tf1.placeholder(tf.float32, [None, FRAMES, configuration.N_MELS])
    training = tf1.placeholder(tf.bool)
    outputs = build(x, training)
    with tf1.Session() as session:
        variables = tf1.global_variables()
        prepare(session, variables)
        if save:
            slot = tf1.get_variable("dense/bias/Adam", initializer=np.ones(3, np.float32))
            power = tf1.get_variable("beta1_power", initializer=np.float32(0.9))
            session.run([slot.initializer, power.initializer])
            write(session, variables + [slot, power], save)
        return named(session.run(outputs, {x: examples, training: False}))


def write(session, variables, folder):
    """A checkpoint whose prefix is empty and whose folder was another one, as the package's."""
    with tempfile.TemporaryDirectory() as temporary:
        path = os.path.join(temporary, "model")
        tf1.train.Saver(variables).save(session, path, write_meta_graph=False)
        os.makedirs(folder, exist_ok=True)
        for ending in (".index", ".data-00000-of-00001"):
            shutil.copy(path + ending, os.path.join(folder, ending))
    with open(os.path.join(folder, "checkpoint"), "w") as f:
        f.write('model_checkpoint_path: "/home/somebody/experiments/1562267674/"\n')


def random(session, variables):
    """Kernels of variance 2 / fan in, batch norms of no special values, by formula."""
    for seed, variable in enumerate(sorted(variables, key=lambda v: v.name)):
        shape = variable.shape.as_list()
        leaf = variable.op.name.split("/")[-1]
        u = signals.hashed(700 + seed, int(np.prod(shape))).reshape(shape)
        value = {"gamma": 1 + u / 2, "moving_variance": 1.5 + u, "kernel": u * np.sqrt(6 / np.prod(shape[:-1]))}
        variable.load(value.get(leaf, u / 4).astype(np.float32), session)


def half(reader):
    """Fills variables with a checkpoint's numbers rounded to float16."""

    def prepare(session, variables):
        for variable in variables:
            variable.load(reader.get_tensor(variable.op.name).astype(np.float16).astype(np.float32), session)

    return prepare


def publish(reader, folder):
    """The variables that are no slots, as float16."""
    tf1.reset_default_graph()
    names = [n for n in sorted(reader.get_variable_to_shape_map()) if "Adam" not in n and not n.endswith("_power")]
    variables = [tf1.get_variable(n, initializer=reader.get_tensor(n).astype(np.float16)) for n in names]
    with tf1.Session() as session:
        session.run(tf1.global_variables_initializer())
        write(session, variables, folder)


if __name__ == "__main__":
    package = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(musicnn.__file__), "MSD_musicnn")
    with tempfile.NamedTemporaryFile(suffix=".wav") as sound:
        soundfile.write(sound.name, signals.sound(16000, 7.3), 16000, subtype="FLOAT")
        examples, _ = extractor.batch_data(sound.name, FRAMES, FRAMES)
    reader = tf1.train.NewCheckpointReader(package + "/")
    published = os.path.join(here, "..", "weights", "musicnn-msd")
    publish(reader, published)
    with open(os.path.join(package, "config.json")) as f:
        config = json.load(f)
    for folder in (published, os.path.join(here, "tiny-musicnn"), os.path.join(here, "tiny-vgg")):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "config.json"), "w") as f:
            json.dump(config, f, indent=1)
    with h5py.File(os.path.join(here, "reference.h5"), "w") as f:
        f["frames"] = np.arange(0, FRAMES, 17)
        f["examples"] = examples[:, ::17].astype(np.float32)
        for name, build, prepare, save in [
            ("tiny-musicnn", small_musicnn, random, os.path.join(here, "tiny-musicnn")),
            ("tiny-vgg", small_vgg, random, os.path.join(here, "tiny-vgg")),
            ("musicnn-msd", whole_musicnn, half(reader), None),
        ]:
            for key, value in run(build, examples, prepare, save).items():
                f[f"{name}/{key}"] = value
