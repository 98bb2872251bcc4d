# SPDX-License-Identifier: MIT
# Who had the lock, and who waited for it: one panel. It is built into the program
# (bench/gil/timeline.c), which writes before it:
#
#   $waits, $takes     lines "from to row": waiting for the lock, holding it
#   $free              lines "from to": nobody holds it; the third number means nothing
#   $asks, $rearms     lines "at row": asked for the lock, began another interval instead
#   rows               how many threads; rows count from 1, above
#   name[]             their names
#   width              of the window; it begins at 0
#   unit               of both
#   title              what stands above
#   top, bottom        where the panel is, as shares of the picture
#
# and before the lowest one the legend.

set tmargin at screen top
set bmargin at screen bottom
set lmargin at screen 0.115
set rmargin at screen 0.95
set border 1
set xrange [0 : width]
set yrange [rows + 0.6 : 0.4]
set format x '%g '.unit
set ytics scale 0 ('' 0)
do for [i = 1:rows] { set ytics add (name[i] i) }
set label 3 title at graph 0, graph 1 offset 0, 0.7 left font ',11' textcolor rgb '#303030'
unset key
half = 0.33

plot $free using 1:(1):1:2:(0.4):(rows + 0.6) with boxxyerror lc rgb '#FFF0C8' fs solid noborder, \
    $waits using 1:3:($2 - $1):(0) with vectors nohead lw 1.5 lc rgb '#909090', \
    $takes using 1:3:1:2:($3 - half):($3 + half) with boxxyerror \
        lc rgb '#0072B2' fs solid noborder, \
    $rearms using 1:2 with points pt 6 lw 1.5 ps point * 0.8 lc rgb '#909090', \
    $asks using 1:2 with points pt 7 ps point * 0.8 lc rgb '#D55E00'
