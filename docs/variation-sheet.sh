#!/usr/bin/env bash
# Makes docs/variation-sheet.jpg from the clips of `RUNWAYFX_BENCH_OUTPUT=FOLDER ./rfx bench variation`: variation-sheet.sh FOLDER SHEET.jpg
set -euo pipefail
clips=(vtest-source vtest-variation vtest-seed2-variation vtest-seed3-variation water-source water-variation)
inputs=() rows='' stack=''
for i in "${!clips[@]}"; do
  inputs+=(-f rawvideo -pixel_format rgb24 -video_size 256x144 -i "$1/${clips[$i]}.rgb")
  rows+="[$i]select='not(mod(n,4))',tile=4x1[r$i];"
  stack+="[r$i]"
done
ffmpeg -v error -y "${inputs[@]}" -filter_complex "$rows${stack}vstack=inputs=${#clips[@]}" -frames:v 1 -q:v 5 "$2"
