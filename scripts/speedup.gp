# SPDX-License-Identifier: MIT
# One chart: speed-up over concurrency. It is built into the program (bench/chart.c), which writes
# the data of a result file before it, as gnuplot variables:
#
#   $data                        a block per series of lines "n speed-up low high"
#   series, label[], style[]     how many blocks; what each is called; its colour and point shape
#   heading, details             two lines of text above the chart
#   x_min, x_max                 the concurrencies
#   y_min, y_max, y_log          the speed-ups, and whether their axis is logarithmic
#   $ideal                       the ideal speed-up: lines "n speed-up"
#   cores, cores_text            the mark at the number of allowed cores
#   legend                       whether this chart has its own
#   point                        the size of points, which terminals see differently

# Okabe and Ito's colours, which all kinds of sight tell apart, with shapes and dashes for print.
set style line 1 lc rgb '#0072B2' pt 7  dt 1        lw 2 ps 0.8 * point
set style line 2 lc rgb '#D55E00' pt 5  dt (12,3)   lw 2 ps 0.8 * point
set style line 3 lc rgb '#009E73' pt 9  dt (6,3)    lw 2 ps 1.0 * point
set style line 4 lc rgb '#CC79A7' pt 11 dt (12,3,3,3) lw 2 ps 1.0 * point
set style line 5 lc rgb '#E69F00' pt 13 dt (3,3)    lw 2 ps 1.1 * point
set style line 6 lc rgb '#56B4E9' pt 6  dt 1        lw 2 ps 0.9 * point
set style line 7 lc rgb '#000000' pt 4  dt (6,3)    lw 2 ps 0.9 * point
set style line 8 lc rgb '#009E73' pt 8  dt 1        lw 2 ps 1.0 * point
set style line 9 lc rgb '#D55E00' pt 12 dt (3,3)    lw 2 ps 1.1 * point

set border 3 lc rgb '#808080'
set grid lt 1 lc rgb '#E8E8E8' lw 1
set tics nomirror scale 0.5 textcolor rgb '#303030'
set label 1 heading at graph 0, graph 1 offset 0, 3.5 left font ',15' textcolor rgb '#000000'
set label 2 details at graph 0, graph 1 offset 0, 2.1 left font ',10' textcolor rgb '#606060'
set xlabel 'concurrency (tasks in progress at once)' textcolor rgb '#303030'
set ylabel 'speed-up over serial (×)' textcolor rgb '#303030'

set tmargin 6
set lmargin 8
set logscale x 2
set xrange [x_min * 0.85 : x_max * 1.18]
set yrange [y_min : y_max]
if (y_log) set logscale y 2
set format x '%g'
set format y '%g'

if (cores >= x_min && cores <= x_max) {
    set arrow 1 from cores, graph 0 to cores, graph 1 nohead dt (4,4) lw 1.5 lc rgb '#909090' back
    set label 3 cores_text at cores, graph 1 offset 0, 0.7 center font ',10' textcolor rgb '#606060'
}

# Points of the same concurrency stand beside each other, so that every interval is seen.
beside(i) = (x_max / x_min) ** ((i - (series - 1) / 2.0) * 0.005)

set errorbars small
if (legend) {
    set key outside right top Left reverse samplen 3 spacing 1.4 font ',11'
} else {
    unset key
}

plot $ideal using 1:2 with lines lt 1 lw 1.5 lc rgb '#A0A0A0' title 'ideal', \
    $ideal using 1:(1) with lines dt (2,3) lw 1.5 lc rgb '#606060' title 'serial', \
    for [i = 1:series] $data index i - 1 using ($1 * beside(i - 1)):2:3:4 \
        with yerrorbars ls style[i] dt 1 notitle, \
    for [i = 1:series] $data index i - 1 using ($1 * beside(i - 1)):2 \
        with linespoints ls style[i] title label[i]
