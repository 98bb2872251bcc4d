# SPDX-License-Identifier: MIT
# One panel of the laboratory's charts: a curve for each subject and its settings. It is built into
# the program (bench/gil/curves.c), which writes before it:
#
#   $data                        a block per curve of lines "x y"
#   curves                       how many blocks
#   colour[], shape[]            the style line of its colour; its points
#   dash[]                       of a histogram's line
#   real[]                       0: simulated, 1, 2, ...: a CPython, -1: published by somebody
#   x_title, y_title             at the axes
#   x_min, x_max, y_min, y_max   ends of the axes
#   x_log, y_log                 whether they are logarithmic
#   x_tics, y_tics               what stands at the axes, as after `set xtics`
#   steps                        whether the curves are histograms
#   marks, mark[]                upright lines at these x

set xlabel x_title textcolor rgb '#303030'
set ylabel y_title textcolor rgb '#303030'
set lmargin 10
set rmargin 3
set tmargin 1
set format '%g'
unset key
unset logscale
if (x_log) set logscale x
if (y_log) set logscale y
set xrange [x_min : x_max]
set yrange [y_min : y_max]
eval 'set xtics '.x_tics
eval 'set ytics '.y_tics

unset arrow
do for [i = 1:marks] {
    set arrow from mark[i], graph 0 to mark[i], graph 1 nohead dt (4,4) lw 1.5 lc rgb '#909090' back
}

# A real interpreter is what the simulated one is held against: an area below its line, or a dashed
# line with open points, which are the shapes before the filled ones.
is(i, what) = what == 0 ? real[i] == 0 : real[i] * what > 0
if (steps) {
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
}
