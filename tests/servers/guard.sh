#!/bin/sh
# guard.sh FOLDER [OWNER]: ends the servers of a run and removes their folder, now or as soon as process OWNER is gone.
folder=$1
owner=$2
if [ -n "$owner" ]; then
  while kill -0 "$owner" 2>/dev/null; do
    [ -d "$folder" ] || exit 0
    sleep 1
  done
fi
pids=$(ls "$folder/pids" 2>/dev/null)
for pid in $pids; do
  kill -TERM "$pid" 2>/dev/null
  kill -CONT "$pid" 2>/dev/null
done
looks=100
for pid in $pids; do
  while kill -0 "$pid" 2>/dev/null && [ "$looks" -gt 0 ]; do
    sleep 0.2
    looks=$((looks - 1))
  done
  kill -KILL "$pid" 2>/dev/null
done
rm -rf "$folder"
