// SPDX-License-Identifier: MIT
#include "bench/picture.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/gnuplot.h"
#include "bench/replace.h"
#include "bench/text.h"

/* scripts/style.gp: colours, shapes and axes. */
__asm__(".pushsection .rodata\n"
        "picture_style:\n"
        ".incbin \"scripts/style.gp\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char picture_style[];

/* In double quotes a backslash begins an escape, and a backtick a command of the shell; that is an
 * octal number here. In single quotes two quotes beside each other end the text for gnuplot 5.4. */
static void put_byte(FILE *script, char byte)
{
    if (byte == '`')
        fputs("\\140", script);
    else
        fprintf(script, "%s%c", byte == '"' || byte == '\\' ? "\\" : "", byte);
}

/* `special` is written twice. */
static void put_text(FILE *script, const char *text, char special)
{
    fputc('"', script);
    for (size_t bytes; *text != '\0'; text += bytes > 0 ? bytes : 1) {
        bytes = text_character(text);
        if (*text == special)
            fputc(special, script);
        if (bytes > 1)
            fwrite(text, 1, bytes, script);
        else
            put_byte(script, bytes > 0 ? *text : ' ');
    }
    fputc('"', script);
}

void picture_text(FILE *script, const char *text)
{
    put_text(script, text, '\0');
}

void picture_tic(FILE *script, const char *text)
{
    put_text(script, text, '%');
}

/* A file's name may be no UTF-8. */
static void put_path(FILE *script, const char *path)
{
    fputc('"', script);
    for (; *path != '\0'; path++)
        put_byte(script, iscntrl((unsigned char)*path) ? ' ' : *path);
    fputc('"', script);
}

static bool ends_in(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n > m && strcmp(path + n - m, ending) == 0;
}

/* The name that gnuplot is told. It is empty after an error, when nothing is drawn. */
static const char *add_file(struct pictures *p, const char *path)
{
    struct replacement *more = realloc(p->files, (p->count + 1) * sizeof(*more));
    if (more == NULL) {
        p->err = -ENOMEM;
        snprintf(p->why, p->size, "out of memory");
        return "";
    }
    p->files = more;
    int fd = replacement_begin(&more[p->count], path);
    if (fd < 0) {
        p->err = -EIO;
        snprintf(p->why, p->size, "cannot write %s: %s", path,
                 fd == -ENOTSUP ? "it is not a regular file" : strerror(-fd));
        return "";
    }
    close(fd);
    return more[p->count++].path;
}

void picture_begin(struct pictures *p, int width, int height, const char *path)
{
    if (ends_in(path, ".png"))
        fprintf(p->script,
                "set terminal pngcairo size %d,%d noenhanced font 'DejaVu Sans,9.5' "
                "fontscale 2 linewidth 2 pointscale 2 background rgb 'white'\npoint = 1\n",
                2 * width, 2 * height);
    else
        fprintf(
            p->script,
            "set terminal svg size %d,%d dynamic noenhanced font 'DejaVu Sans,10' fontscale 1.25 "
            "background rgb 'white'\npoint = 0.85\n",
            width, height);
    fprintf(p->script, "set output ");
    put_path(p->script, p->err == 0 ? add_file(p, path) : "");
    fprintf(p->script, "\n%s\n", picture_style);
}

void picture_end(struct pictures *p)
{
    fprintf(p->script, "unset output\nreset\n");
}

/* ---- their files -------------------------------------------------------------------------- */

int pictures_open(struct pictures *p, char *why, size_t size)
{
    *p = (struct pictures){.script = tmpfile(), .why = why, .size = size};
    if (p->script != NULL)
        return 0;
    int err = errno;
    snprintf(why, size, "no temporary file could be made: %s", strerror(err));
    return -err;
}

/* gnuplot may also fail without saying so by its exit code. */
static void expect_drawn(struct pictures *p)
{
    struct stat file;
    for (size_t i = 0; i < p->count && p->err == 0; i++) {
        if (stat(p->files[i].path, &file) == 0 && file.st_size > 0)
            continue;
        p->err = -EIO;
        snprintf(p->why, p->size, "gnuplot has not drawn %s", p->files[i].target);
    }
}

/* Whatever happens, nothing may be left beside the files. */
static void finish(struct pictures *p)
{
    for (size_t i = 0; i < p->count; i++) {
        int err = replacement_end(&p->files[i], p->err);
        if (p->err == 0 && err != 0)
            snprintf(p->why, p->size, "cannot write %s: %s", p->files[i].target, strerror(-err));
        p->err = err;
    }
}

/* Ctrl-C ends gnuplot, and the program once it has tidied up. */
int pictures_close(struct pictures *p)
{
    sigset_t keyboard, before;
    sigemptyset(&keyboard);
    sigaddset(&keyboard, SIGINT);
    sigaddset(&keyboard, SIGHUP);
    sigprocmask(SIG_BLOCK, &keyboard, &before);
    if (p->err == 0)
        p->err = gnuplot_run(p->script, p->why, p->size);
    expect_drawn(p);
    finish(p);
    sigprocmask(SIG_SETMASK, &before, NULL);
    fclose(p->script);
    free(p->files);
    return p->err;
}

/* ---- a single one ------------------------------------------------------------------------- */

int picture_allowed(const char *path, const char *option, char *why, size_t size)
{
    struct stat file;
    if (!ends_in(path, ".svg") && !ends_in(path, ".png")) {
        snprintf(why, size, "%s: '%s' does not end in .svg or .png", option, path);
        return -EINVAL;
    }
    if (stat(path, &file) != 0)
        return picture_directory(path, option, why, size);
    int err = access(path, W_OK) == 0 ? replacement_try(path) : -errno;
    if (err != 0)
        snprintf(why, size, "cannot write %s: %s; name another file with %s", path,
                 S_ISDIR(file.st_mode) ? "it is a directory"
                 : err == -ENOTSUP     ? "it is not a regular file"
                                       : strerror(-err),
                 option);
    return err == 0 ? 0 : -EACCES;
}

int picture_directory(const char *path, const char *option, char *why, size_t size)
{
    char directory[PATH_MAX];
    snprintf(directory, sizeof(directory), "%s", path);
    char *slash = strrchr(directory, '/');
    if (slash == NULL)
        snprintf(directory, sizeof(directory), ".");
    else
        slash[slash == directory] = '\0';
    if (access(directory, W_OK) == 0)
        return 0;
    snprintf(why, size, "nothing can be written into %s: %s; name another file with %s", directory,
             strerror(errno), option);
    return -EACCES;
}

void picture_head(FILE *script, const char *heading, const char *details, int height)
{
    fprintf(script, "set multiplot\nset label 1 ");
    picture_text(script, heading);
    fprintf(script,
            " at screen 0.012, screen %.6f left font ',15' textcolor rgb '#000000'\nset label 2 ",
            1 - 20.0 / height);
    picture_text(script, details);
    fprintf(script, " at screen 0.012, screen %.6f left font ',10' textcolor rgb '#606060'\n",
            1 - 42.0 / height);
}

int picture_open(struct pictures *p, const char *path, int width, int height, char *why,
                 size_t size)
{
    int err = pictures_open(p, why, size);
    if (err != 0)
        return err;
    picture_begin(p, width, height, path);
    return p->err == 0 ? 0 : pictures_close(p);
}

int picture_close(struct pictures *p)
{
    picture_end(p);
    return pictures_close(p);
}
