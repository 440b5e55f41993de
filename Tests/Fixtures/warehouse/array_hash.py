# The array hash of an Evoke file, from its definition: array_hash.py FILE GROUP/values
import hashlib, json, sys
import h5py, numpy

data = h5py.File(sys.argv[1], "r")[sys.argv[2]]
scales = [dimension[0] for dimension in data.dims]
names = [(s.attrs["NAME"].decode() if isinstance(s.attrs["NAME"], bytes) else str(s.attrs["NAME"])) for s in scales]
head = {"axes": names, "dtype": "<f4", "path": sys.argv[2], "shape": list(data.shape)}
digest = hashlib.sha256(json.dumps(head, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\0")
for scale in scales:
    labels = scale.dtype.kind in "SO"
    values = [v if isinstance(v, bytes) else v.encode() for v in scale[:]] if labels else []
    digest.update(b"".join(v + b"\0" for v in values) if labels else scale[:].astype("<f8").tobytes())
values = data[:].astype("<f4")
values[numpy.isnan(values)] = numpy.frombuffer(b"\x00\x00\xc0\x7f", "<f4")[0]
print(digest.update(values.tobytes()) or digest.hexdigest())
