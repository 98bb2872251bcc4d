# SPDX-License-Identifier: MIT
# A series of a history: one case over one reference, session by session. It is built into the
# program (bench/history/chart.c), which writes before it:
#
#   low, high    the axis, in percent
#   beyond       how many sessions it does not reach
#   $points      lines "session change low high", sessions counted from 1, changes in percent
#   $broken      lines "session": those without a change; the last line is NaN
#   $levels      blocks of two lines "session change", a block per level; the last line is NaN
#   changes, change_at[], change_slower[], change_text[]
#   sessions, broken (how many), and the tics of x

set lmargin 9
set rmargin 3
set bmargin 4.5
set xrange [0.5 : sessions + 0.5]
set ylabel 'slower than the reference (%)' textcolor rgb '#303030'
set xlabel 'session' textcolor rgb '#303030'
set key outside bottom right horizontal samplen 1.5 spacing 1.2 font ',10'
set yrange [low : high]

do for [i = 1:changes] {
    set arrow 10 + i from first change_at[i], graph 0 to first change_at[i], graph 1 nohead \
        lw 1.2 dt (4,3) lc rgb change_slower[i] ? '#D55E00' : '#009E73'
    where = 0.97 - 0.06 * ((i - 1) % 3)
    tone = change_slower[i] ? 0xB04A00 : 0x007A58
    if (change_at[i] > 0.7 * sessions) {
        set label 10 + i change_text[i] at first change_at[i], graph where right offset -0.6, 0 \
            font ',10' textcolor rgb tone
    } else {
        set label 10 + i change_text[i] at first change_at[i], graph where left offset 0.6, 0 \
            font ',10' textcolor rgb tone
    }
}
set arrow 9 from graph 0, first 0 to graph 1, first 0 nohead lw 1 lc rgb '#909090' back

# What the axis does not reach stands at its end, with its number.
inside(y) = y >= low && y <= high ? y : NaN
above(y) = y > high ? high - 0.02 * (high - low) : NaN
below(y) = y < low ? low + 0.02 * (high - low) : NaN
number(y) = sprintf('%+.0f %%', y)

plot $points using 1:(inside($2)):3:4 with yerrorbars ls 1 lw 1 ps 0.6 * point title 'session', \
    $points using 1:(above($2)) with points ls 1 pt 9 ps point title beyond > 0 ? 'far out' : '', \
    $points using 1:(below($2)) with points ls 1 pt 11 ps point notitle, \
    $points using 1:(above($2)):(number($2)) with labels offset 0, -1 font ',10' \
        textcolor ls 1 notitle, \
    $points using 1:(below($2)):(number($2)) with labels offset 0, 1 font ',10' \
        textcolor ls 1 notitle, \
    $levels using 1:2 with lines lw 2.5 lc rgb '#000000' dt 1 title 'level', \
    $broken using 1:(0) with points pt 2 ps point lw 2 lc rgb '#D55E00' \
        title broken > 0 ? 'broken' : ''
