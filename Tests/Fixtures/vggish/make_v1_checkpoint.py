"""Writes TensorFlow V1 (single-file) checkpoints and a Keras file with TensorFlow 2.12.

checkpoint_v1.ckpt  names of VGGish with other shapes; value i of tensor number t is ((i * 7 + t * 13) % 101 - 50) / 32;
                    `sliced` is a partitioned variable, which the file holds in three slices
tiny.ckpt, tiny.h5  the network of make_vggish.py in both formats
"""

import os
import sys

import numpy as np
import tensorflow as tf

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "openl3"))
import vggish_weights

tf1 = tf.compat.v1


def values(number, shape):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (((i * 7 + number * 13) % 101 - 50) / 32).astype(np.float32).reshape(shape)


def save(name, build):
    with tf.Graph().as_default(), tf1.Session() as session:
        build()
        session.run(tf1.global_variables_initializer())
        saver = tf1.train.Saver(write_version=tf1.train.SaverDef.V1)
        saver.save(session, os.path.join(here, name), write_meta_graph=False)
    os.remove(os.path.join(here, "checkpoint"))


def mixed():
    shapes = [
        ("vggish/conv1/weights", (3, 3, 1, 4)),
        ("vggish/conv1/biases", (4,)),
        ("vggish/conv3/conv3_1/weights", (3, 3, 4, 6)),
        ("vggish/fc1/fc1_1/weights", (24, 5)),
        ("vggish/fc2/biases", (5,)),
    ]
    for number, (name, shape) in enumerate(shapes):
        tf1.get_variable(name, initializer=tf.constant(values(number, shape)))
    sliced = values(5, (7, 3))
    tf1.get_variable(
        "sliced", shape=(7, 3), partitioner=tf1.fixed_size_partitioner(3),
        initializer=lambda shape, dtype=None, partition_info=None: tf.constant(
            sliced[partition_info.var_offset[0]:partition_info.var_offset[0] + shape[0]]))
    tf1.get_variable("step", initializer=tf.constant(1234, dtype=tf.int32))
    tf1.get_variable("scalar", initializer=tf.constant(0.25))


def tiny():
    for name, weight, bias in vggish_weights.layers():
        tf1.get_variable(f"vggish/{name}/weights", initializer=tf.constant(weight))
        tf1.get_variable(f"vggish/{name}/biases", initializer=tf.constant(bias))


def keras():
    layers = tf.keras.layers
    x = inputs = layers.Input(shape=(96, 64, 1))
    for name, weight, bias in vggish_weights.layers():
        if weight.ndim == 4:
            x = layers.Conv2D(len(bias), 3, padding="same", activation="relu", name=name.replace("/", "_"))(x)
            if name in ("conv1", "conv2", "conv3/conv3_2", "conv4/conv4_2"):
                x = layers.MaxPooling2D(2, 2)(x)
        else:
            if x.shape.ndims == 4:
                x = layers.Flatten()(x)
            x = layers.Dense(len(bias), activation=None if name == "fc2" else "relu", name=name.replace("/", "_"))(x)
    model = tf.keras.Model(inputs, x)
    for name, weight, bias in vggish_weights.layers():
        model.get_layer(name.replace("/", "_")).set_weights([weight, bias])
    model.save(os.path.join(here, "tiny.h5"), include_optimizer=False)


keras()
save("checkpoint_v1.ckpt", mixed)
save("tiny.ckpt", tiny)
