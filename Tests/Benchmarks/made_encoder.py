"""What new_target.sh is timed on with an encoder of common size: wav2vec2-base with random weights, a sound that changes all
the time, and two ratings of it. two_hour_film.py takes its encoders from here.

usage: made_encoder.py FOLDER [SECONDS]   writes w2v2-base-random/, made_SECONDSs.wav and made_SECONDSs.csv; needs NumPy
"""
import json
import os
import sys
import wave

import numpy as np

WIDTH, INNER, LAYERS, CONVOLUTIONS = 768, 3072, 12, (10, 3, 3, 3, 3, 2, 2)
ARCHITECTURES = dict(wav2vec2="Wav2Vec2Model", hubert="HubertModel")
CONFIGURATION = dict(
    hidden_size=WIDTH, intermediate_size=INNER,
    num_hidden_layers=LAYERS, num_attention_heads=12, conv_dim=[512] * 7, conv_kernel=list(CONVOLUTIONS),
    conv_stride=[5, 2, 2, 2, 2, 2, 2], conv_bias=False, feat_extract_norm="group", do_stable_layer_norm=False,
    num_conv_pos_embeddings=128, num_conv_pos_embedding_groups=16, layer_norm_eps=1e-5, hidden_act="gelu",
    feat_extract_activation="gelu")
PREPROCESSOR = dict(
    feature_extractor_type="Wav2Vec2FeatureExtractor", feature_size=1, sampling_rate=16000, do_normalize=True,
    padding_value=0.0, padding_side="right", return_attention_mask=False)


def weights(rng):
    def normal(*shape, scale):
        return (rng.standard_normal(shape, dtype=np.float32) * np.float32(scale)).astype(np.float32)

    def linear(name, outputs, inputs, scale=0.04):
        return {f"{name}.weight": normal(outputs, inputs, scale=scale), f"{name}.bias": normal(outputs, scale=0.05)}

    def norm(name, width):
        return {f"{name}.weight": 1 + normal(width, scale=0.1), f"{name}.bias": normal(width, scale=0.05)}

    tensors = {}
    for k, taps in enumerate(CONVOLUTIONS):
        inputs, name = (1 if k == 0 else 512), f"feature_extractor.conv_layers.{k}"
        tensors[f"{name}.conv.weight"] = normal(512, inputs, taps, scale=(2 / (inputs * taps)) ** 0.5)
    tensors |= norm("feature_extractor.conv_layers.0.layer_norm", 512) | norm("feature_projection.layer_norm", 512)
    tensors |= linear("feature_projection.projection", WIDTH, 512)
    name = "encoder.pos_conv_embed.conv"
    tensors[f"{name}.parametrizations.weight.original0"] = 1 + normal(1, 1, 128, scale=0.1)
    tensors[f"{name}.parametrizations.weight.original1"] = normal(WIDTH, 48, 128, scale=0.01)
    tensors |= {f"{name}.bias": normal(WIDTH, scale=0.05)} | norm("encoder.layer_norm", WIDTH)
    for k in range(LAYERS):
        name = f"encoder.layers.{k}"
        for part in ("q", "k", "v", "out"):
            tensors |= linear(f"{name}.attention.{part}_proj", WIDTH, WIDTH)
        tensors |= norm(f"{name}.layer_norm", WIDTH) | norm(f"{name}.final_layer_norm", WIDTH)
        tensors |= linear(f"{name}.feed_forward.intermediate_dense", INNER, WIDTH)
        tensors |= linear(f"{name}.feed_forward.output_dense", WIDTH, INNER)
    return tensors


def encoder(folder, rng, model_type="wav2vec2"):
    """The base models of both types have the same tensors."""
    os.makedirs(folder, exist_ok=True)
    configuration = dict(model_type=model_type, architectures=[ARCHITECTURES[model_type]]) | CONFIGURATION
    for name, content in (("config.json", configuration), ("preprocessor_config.json", PREPROCESSOR)):
        with open(os.path.join(folder, name), "w") as file:
            json.dump(content, file, indent=1)
    tensors, header, end = weights(rng), {}, 0
    for name, values in tensors.items():
        header[name] = dict(dtype="F32", shape=list(values.shape), data_offsets=[end, end + values.nbytes])
        end += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(folder, "model.safetensors"), "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for values in tensors.values():
            file.write(values.tobytes())


def walk(seconds, rng, memory=0.9):
    x = rng.standard_normal(seconds)
    for i in range(1, seconds):
        x[i] = memory * x[i - 1] + (1 - memory ** 2) ** 0.5 * x[i]
    return x


def sound(path, seconds, rng):
    """Harmonics of a pitch that wanders, in noise, each with a loudness of its own that changes from second to second."""
    rate, knots = 16000, np.arange(seconds)
    course = lambda: np.interp(np.arange(seconds * rate) / rate, knots, walk(seconds, rng, 0.7))
    phase = np.cumsum(140 * 2 ** (course() / 4)) * (2 * np.pi / rate)
    x = 0.02 * rng.standard_normal(seconds * rate) * np.exp(course() / 2)
    for harmonic in range(1, 13):
        x += 0.05 / harmonic ** 0.5 * np.exp(course() / 2) * np.sin(harmonic * phase)
    samples = (np.clip(x, -0.999, 0.999) * 32767).astype("<i2")
    with wave.open(path, "wb") as file:
        file.setnchannels(1), file.setsampwidth(2), file.setframerate(rate)
        file.writeframes(samples.tobytes())


def main():
    folder, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 600
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(os.path.join(folder, "w2v2-base-random", "model.safetensors")):
        encoder(os.path.join(folder, "w2v2-base-random"), np.random.default_rng(1))
    made = os.path.join(folder, f"made_{seconds}s")
    sound(made + ".wav", seconds, np.random.default_rng(2))
    ratings = np.tanh([walk(seconds, np.random.default_rng(3 + k)) / 2 for k in range(2)])
    with open(made + ".csv", "w") as file:
        file.write("time,arousal,valence\n")
        file.writelines(f"{t},{a:.4f},{v:.4f}\n" for t, (a, v) in enumerate(ratings.T))


if __name__ == "__main__":
    main()
