# SPDX-License-Identifier: MIT
# The map: who is the fastest for which share of waiting and how many tasks in progress. It is built
# into the program (bench/map/draw.c), which writes before it:
#
#   $stripes     lines "left right bottom top series clear", columns and rows counted from 1
#   $numbers     lines "column row speed-up"
#   $lines       a block per frontier of lines "column row"; perhaps none
#   series, label[], colour[]     the runners
#   frontiers, line_colour[], line_dash[], line_title[]
#   columns, column_name[], rows, row_name[]
#   ylabel_text, and the margins above and below

set border 0
unset grid
set xrange [0.5 : columns + 0.5]
set yrange [0.5 : rows + 0.5]
set xtics scale 0 ('' 0)
set ytics scale 0 ('' 0)
do for [i = 1:columns] { set xtics add (column_name[i] i) }
do for [i = 1:rows] { set ytics add (row_name[i] i) }
set xlabel 'concurrency (tasks in progress at once)' textcolor rgb '#303030'
set ylabel ylabel_text textcolor rgb '#303030'
set lmargin 10
set rmargin 27
set style textbox opaque noborder fillcolor rgb '#FFFFFF' margins 0.6, 0.4
set key outside right top vertical Left reverse samplen 1.5 spacing 1.4 font ',10'

plot for [i = 1:series] $stripes using ($5 == i && $6 == 0 ? $1 : NaN):3:1:2:3:4 \
        with boxxyerror lc rgb colour[i] fs solid 0.6 noborder title label[i], \
    for [i = 1:series] $stripes using ($5 == i && $6 == 1 ? $1 : NaN):3:1:2:3:4 \
        with boxxyerror lc rgb colour[i] lw 2 fs solid 0.6 border rgb '#303030' notitle, \
    keyentry with boxes lc rgb '#FFFFFF' lw 2 fs solid 0.6 border rgb '#303030' \
        title 'faster than all others', \
    for [i = 1:frontiers] $lines index i - 1 using 1:2 with lines lw 4.5 \
        lc rgb line_dash[i] == 1 ? '#303030' : '#FF303030' notitle, \
    for [i = 1:frontiers] $lines index i - 1 using 1:2 with lines lw 2.5 \
        lc rgb line_colour[i] dt line_dash[i] title line_title[i], \
    $numbers using 1:2:(sprintf('%.3g', $3)) with labels boxed font ',10' \
        textcolor rgb '#000000' notitle
