"""Writes checkpoint_v1.ckpt: a TensorFlow V1 (single-file) checkpoint with the names of VGGish and tiny shapes.

The values follow a formula that the tests repeat: value i of tensor number t is ((i * 7 + t * 13) % 101 - 50) / 32.
`sliced` is a partitioned variable, which the file holds in three slices. Run with TensorFlow 2.12.
"""

import os

import numpy as np
import tensorflow as tf

tf1 = tf.compat.v1
tf1.disable_eager_execution()
here = os.path.dirname(os.path.abspath(__file__))


def values(number, shape):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (((i * 7 + number * 13) % 101 - 50) / 32).astype(np.float32).reshape(shape)


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
with tf1.Session() as session:
    session.run(tf1.global_variables_initializer())
    saver = tf1.train.Saver(write_version=tf1.train.SaverDef.V1)
    saver.save(session, os.path.join(here, "checkpoint_v1.ckpt"), write_meta_graph=False)
for extra in ["checkpoint"]:
    path = os.path.join(here, extra)
    if os.path.exists(path):
        os.remove(path)
