// SPDX-License-Identifier: MIT
/* Pictures in the style of the house, drawn by gnuplot: what all charts have in common. */
#ifndef SPEEDUP_PICTURE_H
#define SPEEDUP_PICTURE_H

#include <stdbool.h>
#include <stdio.h>

/* Begins a picture in a gnuplot script: its kind, its size in units of an SVG (a PNG has twice as
 * many pixels), its file, then scripts/style.gp. It ends with picture_end(). */
void picture_begin(FILE *script, bool png, int width, int height, const char *path);
void picture_end(FILE *script);

/* A string of gnuplot in which nothing is special. */
void picture_text(FILE *script, const char *text);

/* The same as the name of a tic, which gnuplot takes for a format. */
void picture_tic(FILE *script, const char *text);

/* Was it drawn? gnuplot may also fail without saying so by its exit code. 0, or -EIO with a
 * sentence in why[size]. */
int picture_check(const char *path, char *why, size_t size);

/* ---- a single one ------------------------------------------------------------------------- */

/* Two lines above a multiplot, which is begun; height: the picture's. */
void picture_head(FILE *script, const char *heading, const char *details, int height);

/* Can that be written into its directory? -errno with a sentence that says which option names
 * another. */
int picture_directory(const char *path, const char *option, char *why, size_t size);

/* Can a picture be written there, as that option says? Its name must end in .svg or .png: -EINVAL;
 * what is there must be a file that can be written, else its directory one that can be written
 * into. -errno with a sentence. */
int picture_allowed(const char *path, const char *option, char *why, size_t size);

/* The script of one picture, which is begun; NULL with a sentence. */
FILE *picture_open(const char *path, int width, int height, char *why, size_t size);

/* Draws it and closes the script. 0, or -errno with a sentence: see gnuplot_run(); then no file is
 * left where there was none. */
int picture_close(FILE *script, const char *path, char *why, size_t size);

#endif
