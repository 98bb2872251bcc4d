# SPDX-License-Identifier: MIT
# What all charts look like. It is built into the program (bench/picture.c), which writes before it:
#
#   point    the size of points, which terminals see differently

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
