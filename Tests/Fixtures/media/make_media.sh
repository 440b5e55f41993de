#!/bin/sh
# Makes the generated clips of this folder (FFmpeg 5.1). Own work, CC0.
# "pings": 5 s, a 1 kHz burst of 20 ms with a Gaussian envelope centred on 0.5, 1.5, ... seconds.
set -e
cd "$(dirname "$0")"
ping="0.5*sin(2*PI*1000*(mod(t\\,1)-0.5))*exp(-pow((mod(t\\,1)-0.5)/0.005\\,2))"
F="ffmpeg -v error -y -fflags +bitexact -flags:v +bitexact -flags:a +bitexact"
pings44="-f lavfi -i aevalsrc=exprs=$ping|0.5*($ping):s=44100:d=5"
$F $pings44 -c:a pcm_s16le pings.wav
$F $pings44 -c:a flac pings.flac
$F $pings44 -c:a aac -b:a 64k pings.m4a
$F $pings44 -c:a libmp3lame -b:a 64k pings.mp3
$F $pings44 -c:a libvorbis -q:a 2 pings.ogg
$F $pings44 -c:a libopus -b:a 48k pings.webm
$F -f lavfi -i testsrc2=size=160x120:rate=10:duration=5 $pings44 -c:v libx264 -crf 40 -pix_fmt yuv420p -c:a aac -b:a 64k film_index_last.mp4
$F -i film_index_last.mp4 -c copy -movflags +faststart film_index_first.mp4
# Sound that starts half a second after the picture.
$F -f lavfi -i testsrc2=size=160x120:rate=10:duration=5 -itsoffset 0.5 $pings44 -c:v libx264 -crf 40 -pix_fmt yuv420p -c:a aac -b:a 64k late_sound.mp4
$F -f lavfi -i testsrc2=size=160x120:rate=10:duration=3 -c:v libx264 -crf 40 -pix_fmt yuv420p no_sound.mp4
# Two audio streams, the second flagged default: 300 Hz mono 22.05 kHz and 600 Hz stereo 48 kHz.
$F -f lavfi -i sine=300:r=22050:d=3 -f lavfi -i sine=600:r=48000:d=3 -map 0 -map 1 -c:a:0 libvorbis -c:a:1 libvorbis -ac:1 2 \
  -metadata:s:a:0 language=fra -metadata:s:a:1 language=eng -disposition:a:0 0 -disposition:a:1 default two_languages.mkv
# Variable frame rate: every frame of the first second, every third later.
$F -f lavfi -i "testsrc2=size=160x120:rate=24:duration=4,select='lt(t,1)+not(mod(n,3))'" -f lavfi -i sine=440:r=16000:d=4 \
  -vsync vfr -c:v libx264 -crf 40 -pix_fmt yuv420p -c:a aac variable_rate.mp4
$F -f lavfi -i sine=440:r=44100:d=0.3 -c:a pcm_s16le short.wav
$F -f lavfi -i sine=440:r=8000:d=3 -c:a pcm_s16le phone_8k.wav
# Six channels of constant value 0.1 to 0.6.
$F -f lavfi -i "aevalsrc=exprs=0.1|0.2|0.3|0.4|0.5|0.6:s=48000:d=0.25:c=5.1" -c:a pcm_s24le six_channels.wav
# Sound of two seconds with a picture of four, and the other way round.
$F -f lavfi -i testsrc2=size=64x48:rate=5:duration=4 -f lavfi -i sine=440:r=8000:d=2 -c:v libx264 -crf 45 -pix_fmt yuv420p -c:a aac -b:a 16k sound_ends_early.mp4
$F -f lavfi -i testsrc2=size=64x48:rate=5:duration=2 -f lavfi -i sine=440:r=8000:d=4 -c:v libx264 -crf 45 -pix_fmt yuv420p -c:a aac -b:a 16k picture_ends_early.mp4
$F -f lavfi -i testsrc2=size=64x48:rate=5:duration=4 -itsoffset 1.5 -f lavfi -i sine=440:r=8000:d=2.5 -c:v libx264 -crf 45 -pix_fmt yuv420p -c:a aac -b:a 16k sound_begins_late.mp4
# Both as transport streams, which declare no length.
for film in sound_ends_early sound_begins_late; do $F -copyts -i $film.mp4 -c copy $film.ts; done
