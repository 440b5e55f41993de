"""Writes v2/vggish_model.ckpt.index and .data-00000-of-00001: the tiny VGGish of vggish_weights.py under the names of the
official checkpoint, saved by TensorFlow's own Saver in its format V2 (TensorFlow 2.15.1)."""

import os

import numpy as np
import tensorflow as tf

import vggish_weights

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "v2")
tf1 = tf.compat.v1
tf1.disable_eager_execution()
variables = []
for name, weight, bias in vggish_weights.layers():
    variables += [tf1.get_variable(f"vggish/{name}/weights", initializer=np.asarray(weight, np.float32)),
                  tf1.get_variable(f"vggish/{name}/biases", initializer=np.asarray(bias, np.float32))]
os.makedirs(folder, exist_ok=True)
with tf1.Session() as session:
    session.run(tf1.global_variables_initializer())
    tf1.train.Saver(variables).save(session, os.path.join(folder, "vggish_model.ckpt"), write_meta_graph=False,
                                    write_state=False)
