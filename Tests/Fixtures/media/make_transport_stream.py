"""pings.ts: the AAC frames of pings.m4a in an MPEG transport stream, 16 frames in a packet, the first stamped 1.4 s.

A transport stream declares no length. As only the first frame of a packet has a stamp, a length taken from the last
stamp is up to 15 frames short.
"""
import struct


def boxes(data, start=0, end=None):
    end = len(data) if end is None else end
    while start + 8 <= end:
        size = struct.unpack(">I", data[start:start + 4])[0]
        yield data[start + 4:start + 8], start + 8, start + size
        start += size


def find(data, path, start=0, end=None):
    for name, a, b in boxes(data, start, end):
        if name == path[0]:
            return (a, b) if len(path) == 1 else find(data, path[1:], a, b)


def frames(data):
    table = [b"moov", b"trak", b"mdia", b"minf", b"stbl"]
    number = lambda at: struct.unpack(">I", data[at:at + 4])[0]
    a, _ = find(data, table + [b"stsz"])
    sizes = [number(a + 12 + 4 * i) for i in range(number(a + 8))]
    a, _ = find(data, table + [b"stco"])
    chunks = [number(a + 8 + 4 * i) for i in range(number(a + 4))]
    a, _ = find(data, table + [b"stsc"])
    runs = [(number(a + 8 + 12 * i), number(a + 12 + 12 * i)) for i in range(number(a + 4))]
    sample = 0
    for index, at in enumerate(chunks, 1):
        for _ in range([count for first, count in runs if first <= index][-1]):
            yield data[at:at + sizes[sample]]
            at += sizes[sample]
            sample += 1


def adts(frame, rate_index, channels):
    size = len(frame) + 7
    bits = (0xFFF << 44) | (0xF1 & 0xF) << 40 | 1 << 38 | rate_index << 34 | channels << 30 | size << 13 | 0x7FF << 2
    return bits.to_bytes(7, "big") + frame


def crc(data):
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value >> 31 else value << 1) & 0xFFFFFFFF
    return struct.pack(">I", value)


def packets(pid, payload, counter):
    first = True
    while payload:
        room = 184
        part = payload[:room]
        payload = payload[len(part):]
        head = struct.pack(">BHB", 0x47, (0x4000 if first else 0) | pid, (0x10 if len(part) == 184 else 0x30) | counter[pid])
        counter[pid] = (counter[pid] + 1) & 15
        if len(part) < 184:
            stuffing = 183 - len(part)
            head += bytes([stuffing]) + (b"\x00" + b"\xff" * (stuffing - 1) if stuffing else b"")
        yield head + part
        first = False


def section(body):
    whole = body + crc(body)
    return (b"\x00" + whole).ljust(184, b"\xff")


def main():
    data = open("pings.m4a", "rb").read()
    a, b = find(data, [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"])
    channels, rate = struct.unpack(">H", data[a + 32:a + 34])[0], struct.unpack(">I", data[a + 40:a + 44])[0] >> 16
    rates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000]
    pat = bytes.fromhex("00b00d0001c100000001f000")
    pmt = bytes.fromhex("02b0120001c10000e100f0000fe100f000")
    counter = {0: 0, 0x1000: 0, 0x100: 0}
    out = b"".join(packets(0, section(pat), counter)) + b"".join(packets(0x1000, section(pmt), counter))
    wrapped = [adts(frame, rates.index(rate), channels) for frame in frames(data)]
    for start in range(0, len(wrapped), 16):
        stamp = int(90000 * (1.4 + start * 1024 / rate))
        pts = bytes([0x21 | stamp >> 29 & 14]) + struct.pack(">HH", stamp >> 14 & 0xFFFE | 1, stamp << 1 & 0xFFFE | 1)
        payload = b"".join(wrapped[start:start + 16])
        pes = b"\x00\x00\x01\xc0" + struct.pack(">H", len(payload) + 8) + b"\x80\x80\x05" + pts + payload
        out += b"".join(packets(0x100, pes, counter))
    open("pings.ts", "wb").write(out)
    print(len(wrapped), "frames,", len(wrapped) * 1024 / rate, "s,", len(out), "bytes")


main()
