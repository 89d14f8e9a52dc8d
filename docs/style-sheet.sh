#!/usr/bin/env bash
# Makes docs/style-sheet.jpg from the frames of `./rfx bench style-video`: style-sheet.sh artifacts/bench/style-video SHEET.jpg
set -euo pipefail
data=/usr/share/doc/opencv-doc/examples/data
inputs=() tiles='' stack=''
# FILE FRAME LABEL
tile() {
  local i=$((${#inputs[@]} / 2))
  inputs+=(-i "$1")
  tiles+="[$i]select=eq(n\,$2),scale=360:270:force_original_aspect_ratio=decrease:flags=area,pad=360:270:-1:-1:0x202020,setsar=1,format=rgb24"
  tiles+=",drawtext=font=monospace:text='$3':x=8:y=7:fontsize=16:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=4[t$i];"
  stack+="[t$i]"
}
tile $data/vtest.avi 0 'source, frame 0'
tile $data/starry_night.jpg 0 'style picture'
tile $data/vtest.avi 20 'frame 20'
tile $data/vtest.avi 40 'frame 40'
for row in 'picture|after the picture, frame 0|frame 20' 'keyframe|painted frame 0|followed to frame 20'; do
  IFS='|' read -r folder first second <<< "$row"
  tile "$1/$folder/frame-0000.png" 0 "$first"
  tile "$1/$folder/frame-0020.png" 0 "$second"
  tile "$1/$folder/frame-0024.png" 0 'frame 24 (next block)'
  tile "$1/$folder/frame-0040.png" 0 'frame 40'
done
layout='0_0|360_0|720_0|1080_0|0_270|360_270|720_270|1080_270|0_540|360_540|720_540|1080_540'
ffmpeg -v error -y "${inputs[@]}" -filter_complex "$tiles${stack}xstack=inputs=12:layout=$layout" -frames:v 1 -q:v 5 "$2"
