// SPDX-License-Identifier: MIT
/* Pictures in the style of the house, drawn by gnuplot: what all charts have in common. */
#ifndef SPEEDUP_PICTURE_H
#define SPEEDUP_PICTURE_H

#include <stdio.h>

/* Pictures that gnuplot draws in one go. Each is drawn beside its file, which it replaces once all
 * are complete: where one cannot be drawn all files stay as they were. */
struct pictures {
    FILE *script; /* what gnuplot is told */
    int err;      /* the first error, -errno; whoever sets it has the pictures dropped */
    char *why;    /* ... and the sentence of it, in the caller's `size` bytes */
    size_t size;
    struct replacement *files; /* of those that were begun */
    size_t count;
};

/* 0, or -errno with a sentence in why[size], which later errors come into, too; then there is
 * nothing to close. */
int pictures_open(struct pictures *p, char *why, size_t size);

/* Begins a picture in the script: its kind, which the end of its name tells, its size in units of
 * an SVG (a PNG has twice as many pixels), its file, then scripts/style.gp. It ends with
 * picture_end(). Errors are told by pictures_close(). */
void picture_begin(struct pictures *p, int width, int height, const char *path);
void picture_end(struct pictures *p);

/* Draws them, unless there was an error, and frees all. 0, or -errno with a sentence: see
 * gnuplot_run(); -EIO also where gnuplot failed without saying so by its exit code. */
int pictures_close(struct pictures *p);

/* A string of gnuplot in which nothing is special. */
void picture_text(FILE *script, const char *text);

/* The same as the name of a tic, which gnuplot takes for a format. */
void picture_tic(FILE *script, const char *text);

/* ---- a single one ------------------------------------------------------------------------- */

/* Two lines above a multiplot, which is begun; height: the picture's. */
void picture_head(FILE *script, const char *heading, const char *details, int height);

/* Can that be written into its directory? -errno with a sentence that says which option names
 * another. */
int picture_directory(const char *path, const char *option, char *why, size_t size);

/* Can a picture be written there, as that option says? Its name must end in .svg or .png: -EINVAL;
 * what is there must be a file that can be written, and a file must find room beside it. -errno
 * with a sentence. */
int picture_allowed(const char *path, const char *option, char *why, size_t size);

/* One picture, which is begun. 0, or -errno with a sentence; then there is nothing to close. */
int picture_open(struct pictures *p, const char *path, int width, int height, char *why,
                 size_t size);

/* Ends and draws it. As pictures_close(). */
int picture_close(struct pictures *p);

#endif
