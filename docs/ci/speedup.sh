#!/bin/sh
# SPDX-License-Identifier: MIT
#
# docs/ci/speedup.sh BASE [NEW] [OPTION|WORKLOAD...]
#
# Is the commit NEW (default: HEAD) slower than BASE? Builds both side by side below speedup-ci/ and
# lets `speedup compare` measure them. The words before the first option are commits, two at most;
# the rest goes to `speedup compare`. Its table is in speedup-ci/comparison.md, and on the page of
# the job where a forge gives one; what was measured is in speedup-ci/comparison.json. Where there is
# no comparison, that page says why.
#
# Ends with 0 where nothing is slower or it cannot be said, which is a warning, with 4 where something
# is slower or broken, and else with what went wrong: 2 where a commit is unknown, 1 where one cannot
# be built or no speedup is there to compare them, the code of git where there is no repository, or
# that of `speedup compare`.
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

# The same where there is no table: the page of the job shows the sentence and the end of the file $2.
fail() {
    code=$1
    log=$2
    shift 2
    [ -z "${GITHUB_STEP_SUMMARY:-}" ] || {
        printf '### speedup compare: no comparison\n\n%s\n' "$*"
        # Indented, so that nothing in it is markup.
        [ ! -s "$log" ] || { echo && tail -n 20 "$log" | sed 's/^/    /'; }
    } >>"$GITHUB_STEP_SUMMARY"
    stop "$code" "$*"
}

# A fresh checkout of the commit $2, called $1, and built.
build() {
    commit=$(git rev-parse --verify --quiet "$2^{commit}") ||
        fail 2 /dev/null "there is no commit $2 here; fetch all of the history (fetch-depth: 0)"
    git worktree add --quiet --force --detach "$out/$1" "$commit" ||
        fail 1 /dev/null "$2 cannot be checked out into $out/$1"
    (cd "$out/$1" && exec sh -ec "${BUILD:-make}") >"$out/$1.log" 2>&1 || {
        tail -n 20 "$out/$1.log" >&2
        fail 1 "$out/$1.log" "$2 cannot be built with '${BUILD:-make}'"
    }
}

usage="usage: speedup.sh BASE [NEW] [OPTION|WORKLOAD...]"
case ${1:-} in
'' | -*) stop 2 "$usage" ;;
esac
base=$1
new=HEAD
shift
case ${1:-} in
'' | -*) ;;
*)
    new=$1
    shift
    ;;
esac
out=$(git rev-parse --show-toplevel)/speedup-ci
# No prune, which would forget absent worktrees of others, too: `add --force` takes over its own.
rm -rf "$out"
mkdir "$out"
build base "$base"
build new "$new"

program=${PROGRAM:-build/speedup}
speedup=${SPEEDUP:-$out/new/$program}
case $speedup in
/*) ;;
*/*) speedup=$PWD/$speedup ;;
esac
command -v "$speedup" >/dev/null ||
    fail 1 /dev/null "there is no program $speedup that could compare; SPEEDUP names one, such as" \
        "that of another checkout"
where=.
if [ -n "${RUN:-}" ]; then
    # A command is its case's name, which must be the same in every checkout.
    where=$out
    set -- "cd base && $RUN" "cd new && $RUN" --run "$@"
else
    set -- "$out/base/$program" "$out/new/$program" "$@"
fi
# What it says is shown while it is measured, and kept; a pipe has no status of its first part.
{
    (cd "$where" && exec "$speedup" compare --markdown -o "$out/comparison.json" "$@") \
        >"$out/comparison.md" && code=0 || code=$?
    echo "$code" >"$out/status"
} 2>&1 | tee "$out/compare.log" >&2
read -r status <"$out/status"
cat "$out/comparison.md"
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat "$out/comparison.md" >>"$GITHUB_STEP_SUMMARY"
[ -s "$out/comparison.md" ] ||
    fail "$status" "$out/compare.log" "$new could not be compared with $base"

case $status in
0) ;;
4) stop 4 "$new does not pass: something is slower than in $base, or broken; the table says what" ;;
5)
    say warning "it cannot be said whether $new is slower than $base: too noisy, or something fails" \
        "by chance; the table says what it takes"
    ;;
130) stop 130 "the comparison of $new with $base was interrupted; the table has what was complete" ;;
*) stop "$status" "$new could not be compared with $base; the table and the messages say why" ;;
esac
