#!/bin/sh
# SPDX-License-Identifier: MIT
#
# docs/ci/speedup.sh BASE [NEW [OPTION...]]
#
# Is the commit NEW (default: HEAD) slower than BASE? Builds both side by side below speedup-ci/ and
# lets `speedup compare` measure them, with these options more. Its table is in
# speedup-ci/comparison.md, and on the page of the job where a forge gives one; what was measured is
# in speedup-ci/comparison.json.
#
# Ends with 0 where nothing is slower or it is too noisy to say, which is a warning, with 4 where
# something is slower, and else with what went wrong: 2 where a commit is unknown, 1 where one cannot
# be built, or the code of `speedup compare`.
#
#     BUILD=make              builds a side, in its root
#     PROGRAM=build/speedup   what that builds: the side's speedup
#     RUN='./bench --fast'    compares this command, run in the root of each side, instead of speedup
#     SPEEDUP=...             the speedup that compares (default: PROGRAM of NEW)
set -eu

# What a forge shows beside the job, and a terminal below it.
say() {
    kind=$1
    shift
    [ -z "${GITHUB_ACTIONS:-}" ] || echo "::$kind title=speedup::$*"
    echo "speedup.sh: $kind: $*" >&2
}

stop() {
    code=$1
    shift
    say error "$*"
    exit "$code"
}

# A fresh checkout of the commit $2, called $1, and built.
build() {
    commit=$(git rev-parse --verify --quiet "$2^{commit}") ||
        stop 2 "there is no commit $2 here; fetch all of the history (fetch-depth: 0)"
    git worktree add --quiet --force --detach "$out/$1" "$commit" ||
        stop 1 "$2 cannot be checked out into $out/$1"
    (cd "$out/$1" && eval "${BUILD:-make}") >"$out/$1.log" 2>&1 || {
        tail -n 20 "$out/$1.log" >&2
        stop 1 "$2 cannot be built with '${BUILD:-make}'; the end of what it said is above"
    }
}

[ $# -ge 1 ] || stop 2 "usage: speedup.sh BASE [NEW [OPTION...]]"
base=$1
new=${2:-HEAD}
shift $(($# < 2 ? $# : 2))
out=$(git rev-parse --show-toplevel)/speedup-ci
rm -rf "$out"
git worktree prune
mkdir "$out"
build base "$base"
build new "$new"

program=${PROGRAM:-build/speedup}
if [ -n "${RUN:-}" ]; then
    set -- "$@" --run "cd '$out/base' && $RUN" "cd '$out/new' && $RUN"
else
    set -- "$@" "$out/base/$program" "$out/new/$program"
fi
status=0
"${SPEEDUP:-$out/new/$program}" compare --markdown -o "$out/comparison.json" "$@" \
    >"$out/comparison.md" || status=$?
cat "$out/comparison.md"
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat "$out/comparison.md" >>"$GITHUB_STEP_SUMMARY"

case $status in
0) ;;
4) stop 4 "$new is slower than $base; the table says where and by how much" ;;
5) say warning "too noisy to say whether $new is slower than $base; the table says what it takes" ;;
*) stop "$status" "$new could not be compared with $base; the reason is above" ;;
esac
