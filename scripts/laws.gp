# SPDX-License-Identifier: MIT
# A validation of the simulated lock: speed-ups side by side above, every law below. It is built
# into the program (bench/gil/validate_draw.c), which writes before it:
#
#   $bars        lines "y0 y1 speed-up series", series 1: simulated; then a CPython each
#   $notes       lines "speed-up y text" at the ends of the bars
#   $bands       lines "low high y demanded" of what is allowed, as simulated over real
#   $ratios      lines "ratio y series demanded"
#   series, label[], colour[]
#   bar_rows, bar_name[], ratio_rows, ratio_name[]
#   top, middle, lower, bottom     ends of both panels, as shares of the picture
#   first_title, second_title

# The legend, in a plot of its own as large as the picture: a panel may be too small for it.
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
unset border
unset grid
unset xtics
unset ytics
set key at screen 0.965, screen 0.985 right top vertical maxrows 3 samplen 1.5 spacing 1.2 \
    Left reverse font ',10'
if (bar_rows > 0) {
    plot [0:1] [0:1] for [i = 1:series] NaN with boxes lc rgb colour[i] \
        fs solid (i == 1 ? 1 : 0.45) noborder title label[i]
} else {
    plot [0:1] [0:1] for [i = 2:series] NaN with points pt 7 ps point * 0.75 lc rgb colour[i] \
        title label[i]
}
unset key
unset label

set lmargin at screen 0.36
set rmargin at screen 0.965
set border 1
set tics nomirror scale 0.5 textcolor rgb '#303030'
set grid xtics

if (bar_rows > 0) {
set tmargin at screen top
set bmargin at screen middle
set xrange [0 : 2.3]
set yrange [bar_rows + 0.5 : 0.5]
set xtics nomirror 0.5
set xlabel 'speed-up over one thread (×)' offset 0, 0.4 textcolor rgb '#303030'
set ytics scale 0 ('' 0)
do for [i = 1:bar_rows] { set ytics add (bar_name[i] i) }
set label 3 first_title at screen 0.012, screen top offset 0, 0.9 left font ',11'
plot for [i = 1:series] $bars using 3:($4 == i ? ($1 + $2) / 2 : NaN):(0):3:1:2 \
        with boxxyerror lc rgb colour[i] fs solid (i == 1 ? 1 : 0.45) noborder, \
    $notes using 1:2:3 with labels left offset 0.4, 0 font ',8' textcolor rgb '#505050'
}

unset label
set tmargin at screen lower
set bmargin at screen bottom
set logscale x
set xrange [0.45 : 2.2]
set xtics nomirror ('0.5' 0.5, '0.67' 2.0 / 3, '0.8' 0.8, '0.9' 0.9, '1' 1, '1.1' 1.1, '1.25' 1.25, \
    '1.5' 1.5, '2' 2)
set yrange [ratio_rows + 0.5 : 0.5]
set xlabel 'simulated / real' offset 0, 0.4 textcolor rgb '#303030'
set ytics scale 0 ('' 0)
do for [i = 1:ratio_rows] { set ytics add (ratio_name[i] i) }
set label 4 second_title at screen 0.012, screen lower offset 0, 0.9 left font ',11'
set arrow 1 from 1, graph 0 to 1, graph 1 nohead lw 1 lc rgb '#909090' back
band_colour(demanded) = demanded == 1 ? 0xDDE8DD : 0xF0F0F0
plot $bands using 1:3:1:2:($3 - 0.4):($3 + 0.4):(band_colour($4)) with boxxyerror \
        lc rgb variable fs solid noborder, \
    for [i = 2:series] $ratios using ($3 == i ? $1 : NaN):2:($4 == 1 ? 7 : 6) with points \
        pt variable ps point * 0.75 lc rgb colour[i]
unset arrow 1
unset logscale
