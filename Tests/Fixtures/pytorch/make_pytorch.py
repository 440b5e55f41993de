#!/usr/bin/env python3
"""Small files of torch.save in both layouts, what they should read as, and files that must be refused.

    python make_pytorch.py        # needs torch, safetensors; made once (torch 2.13)

  views.pth, views_stream.pth   the same tensors as ZIP file and as stream of pickles (the layout before PyTorch 1.6)
  views.safetensors             their values, contiguous
  malicious.pth, malicious_stream.pth   pickles that call os.system when Python loads them
  module.pth                    a whole module instead of its weights
  compressed.pth                the ZIP file with deflated records
"""
import collections
import os
import zipfile

import torch
from safetensors.torch import save_file

here = os.path.dirname(os.path.abspath(__file__))


class Attack:
    def __reduce__(self):
        return os.system, ("touch /tmp/evoke-was-here",)


def main():
    torch.manual_seed(0)
    base = torch.randn(6, 8)
    content = collections.OrderedDict(
        contiguous=base,
        transposed=base.t(),
        columns=base[:, 2:5],
        row=base[3],
        every_other=base[::2, ::3],
        permuted=torch.randn(2, 3, 4).permute(2, 0, 1),
        half=torch.randn(5).half(),
        brain=torch.randn(2, 3).bfloat16(),
        double=torch.randn(3).double(),
        counter=torch.tensor(7),
        flags=torch.tensor([True, False, True]),
        empty=torch.zeros(0, 4),
        parameter=torch.nn.Parameter(torch.randn(4)),
        nested={"inner": {"weight": torch.randn(3, 2)}, "epoch": 12, "name": "x", "rate": 0.5, "none": None, "list": [1]},
    )
    content._metadata = {"version": 1}
    torch.save(content, os.path.join(here, "views.pth"))
    torch.save(content, os.path.join(here, "views_stream.pth"), _use_new_zipfile_serialization=False)
    flat = {k: v for k, v in content.items() if k != "nested"}
    flat["nested.inner.weight"] = content["nested"]["inner"]["weight"]
    save_file({k: v.detach().contiguous().clone() for k, v in flat.items()}, os.path.join(here, "views.safetensors"))
    attack = {"weight": torch.zeros(2), "bias": Attack()}
    torch.save(attack, os.path.join(here, "malicious.pth"))
    torch.save(attack, os.path.join(here, "malicious_stream.pth"), _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Linear(2, 2), os.path.join(here, "module.pth"))
    with zipfile.ZipFile(os.path.join(here, "views.pth")) as source, \
            zipfile.ZipFile(os.path.join(here, "compressed.pth"), "w", zipfile.ZIP_DEFLATED) as target:
        for record in source.infolist():
            target.writestr(record.filename, source.read(record))


if __name__ == "__main__":
    main()
