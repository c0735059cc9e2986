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
# A file is called after its server and the group of processes that this consists of.
# One that is started from now on finds no place for its own, and is given up.
mv "$folder/groups" "$folder/ended" 2>/dev/null
groups=$(ls "$folder/ended" 2>/dev/null | sed 's/.*\.//')
for group in $groups; do
  kill -s TERM -- "-$group" 2>/dev/null
  kill -s CONT -- "-$group" 2>/dev/null
done
looks=100
for group in $groups; do
  while kill -s 0 -- "-$group" 2>/dev/null && [ "$looks" -gt 0 ]; do
    sleep 0.2
    looks=$((looks - 1))
  done
  kill -s KILL -- "-$group" 2>/dev/null
done
rm -rf "$folder"
