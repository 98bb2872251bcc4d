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
#   has_ideal                    whether anybody knows it
#   cores, cores_text            the mark at the number of allowed cores
#   over                         what the speed-ups are over
#   legend                       whether this chart has its own

set label 1 heading at graph 0, graph 1 offset 0, 3.5 left font ',15' textcolor rgb '#000000'
set label 2 details at graph 0, graph 1 offset 0, 2.1 left font ',10' textcolor rgb '#606060'
set xlabel 'concurrency (tasks in progress at once)' textcolor rgb '#303030'
set ylabel 'speed-up over '.over.' (×)' textcolor rgb '#303030'

set tmargin 6
set lmargin (y_min > 0 && y_min < 0.2 ? 10 : 8)
set logscale x 2
set xrange [x_min * 0.85 : x_max * 1.18]
set yrange [y_min : y_max]
if (y_log) set logscale y 2
set format x '%g'
set format y (y_log && y_min < 0.2 ? '%.2g' : '%g')

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

plot $ideal using 1:2 with lines lt 1 lw 1.5 lc rgb '#A0A0A0' title has_ideal ? 'ideal' : '', \
    $ideal using 1:(1) with lines dt (2,3) lw 1.5 lc rgb '#606060' title over, \
    for [i = 1:series] $data index i - 1 using ($1 * beside(i - 1)):2:3:4 \
        with yerrorbars ls style[i] dt 1 notitle, \
    for [i = 1:series] $data index i - 1 using ($1 * beside(i - 1)):2 \
        with linespoints ls style[i] title label[i]
