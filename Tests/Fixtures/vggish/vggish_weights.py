"""The weights of the tiny VGGish: channels 4, 6, 8, 8, 10, 10, dense 20, 20 and an embedding of 12."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "openl3"))
import signals

NAMES = ["conv1", "conv2", "conv3/conv3_1", "conv3/conv3_2", "conv4/conv4_1", "conv4/conv4_2",
         "fc1/fc1_1", "fc1/fc1_2", "fc2"]


def layers(convolutions=(4, 6, 8, 8, 10, 10), dense=(20, 20, 12)):
    """Name, weight (TensorFlow's layout) and bias; layer n has the seeds 10 n and 10 n + 1."""
    inputs = 1
    for n, outputs in enumerate(convolutions):
        yield (NAMES[n], signals.kernel(10 * n, (3, 3, inputs, outputs), 9 * inputs),
               0.1 * signals.hashed(10 * n + 1, outputs))
        inputs = outputs
    inputs *= 24
    for n, outputs in enumerate(dense, 6):
        yield (NAMES[n], signals.kernel(10 * n, (inputs, outputs), inputs), 0.1 * signals.hashed(10 * n + 1, outputs))
        inputs = outputs
