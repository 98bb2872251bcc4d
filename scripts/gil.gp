# SPDX-License-Identifier: MIT
# One panel of the laboratory's charts: a curve for each subject and its settings. It is built into
# the program (bench/gil/curves.c), which writes before it:
#
#   $data                        a block per curve of lines "x y"
#   curves                       how many blocks
#   colour[], shape[]            the style line of its colour; its points
#   dash[]                       of a histogram's line, which in a row needs none
#   real[]                       0: simulated, 1, 2, ...: a CPython, -1: published by somebody
#   x_title, y_title             at the axes
#   x_min, x_max, y_min, y_max   ends of the axes
#   x_log, y_log                 whether they are logarithmic
#   x_tics, y_tics               what stands at the axes, as after `set xtics`
#   steps                        whether the curves are histograms
#   rows                         whether each has a row of its own; then
#     name[], named              what stands before the rows, and whether it does in this panel
#     ticks[]                    whether the points are samples, and not the outline of a histogram
#     left, right                where the axes are, as shares of the picture
#   marks, mark[]                upright lines at these x

set xlabel x_title textcolor rgb '#303030'
set ylabel y_title textcolor rgb '#303030'
set tmargin 1
set format '%g'
if (rows) {
    set lmargin at screen left
    set rmargin at screen right
    unset ylabel
    y_tics = "scale 0 ('' 0)"
    y_min = 0
    y_max = curves
} else {
    set lmargin 11
    set rmargin 3
}
unset key
unset logscale
if (x_log) set logscale x
if (y_log) set logscale y
set xrange [x_min : x_max]
set yrange [y_min : y_max]
eval 'set xtics '.x_tics
eval 'set ytics '.y_tics
if (rows && named) {
    do for [i = 1:curves] { set ytics add (name[i] curves - i + 0.4) }
}

unset arrow
do for [i = 1:marks] {
    set arrow from mark[i], graph 0 to mark[i], graph 1 nohead dt (4,4) lw 1.5 lc rgb '#909090' back
}

# A real interpreter is what the simulated one is held against: an area below its line, or a dashed
# line with open points, which are the shapes before the filled ones.
is(i, what) = what == 0 ? real[i] == 0 : real[i] * what > 0
row(i) = curves - i + 0.08
if (rows) {
    plot for [i = 1:curves] $data index i - 1 \
            using 1:(is(i, 1) && !ticks[i] ? row(i) + $2 * 0.8 : NaN) \
            with filledcurves closed ls colour[i] fs transparent solid 0.3 noborder, \
        for [i = 1:curves] $data index i - 1 \
            using 1:(is(i, 0) && !ticks[i] ? row(i) + $2 * 0.8 : NaN) \
            with lines ls colour[i] dt 1, \
        for [i = 1:curves] $data index i - 1 \
            using 1:(ticks[i] ? row(i) + 0.1 : NaN):(0):(0.6) \
            with vectors nohead ls colour[i] dt 1 lw (is(i, 1) ? 4 : 2)
} else { if (steps) {
    plot for [i = 1:curves] $data index i - 1 using 1:(is(i, 1) ? $2 : NaN) \
            with fillsteps ls colour[i] fs transparent solid 0.3 noborder, \
        for [i = 1:curves] $data index i - 1 using 1:(is(i, 0) ? $2 : NaN) \
            with steps ls colour[i] dt dash[i]
} else {
    plot for [i = 1:curves] $data index i - 1 using 1:(is(i, -1) ? $2 : NaN) \
            with points ls colour[i] lc rgb '#909090' pt shape[i], \
        for [i = 1:curves] $data index i - 1 using 1:(is(i, 1) ? $2 : NaN) \
            with lines ls colour[i] dt real[i] + 1, \
        for [i = 1:curves] $data index i - 1 using 1:(is(i, 0) ? $2 : NaN) \
            with linespoints ls colour[i] dt 1 pt shape[i], \
        for [i = 1:curves] $data index i - 1 using 1:(is(i, 1) ? $2 : NaN) \
            with points ls colour[i] lc rgb 'white' pt shape[i], \
        for [i = 1:curves] $data index i - 1 using 1:(is(i, 1) ? $2 : NaN) \
            with points ls colour[i] pt shape[i] - 1
}}
