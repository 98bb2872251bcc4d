// SPDX-License-Identifier: MIT
#include "bench/picture.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/gnuplot.h"
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

void picture_begin(FILE *script, bool png, int width, int height, const char *path)
{
    if (png)
        fprintf(script,
                "set terminal pngcairo size %d,%d noenhanced font 'DejaVu Sans,9.5' "
                "fontscale 2 linewidth 2 pointscale 2 background rgb 'white'\npoint = 1\n",
                2 * width, 2 * height);
    else
        fprintf(
            script,
            "set terminal svg size %d,%d dynamic noenhanced font 'DejaVu Sans,10' fontscale 1.25 "
            "background rgb 'white'\npoint = 0.85\n",
            width, height);
    fprintf(script, "set output ");
    put_path(script, path);
    fprintf(script, "\n%s\n", picture_style);
}

void picture_end(FILE *script)
{
    fprintf(script, "unset output\nreset\n");
}

int picture_check(const char *path, char *why, size_t size)
{
    struct stat file;
    if (stat(path, &file) == 0 && file.st_size > 0)
        return 0;
    snprintf(why, size, "gnuplot has not drawn %s", path);
    return -EIO;
}

/* ---- a single one ------------------------------------------------------------------------- */

static bool ends_in(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n > m && strcmp(path + n - m, ending) == 0;
}

int picture_allowed(const char *path, const char *option, char *why, size_t size)
{
    struct stat file;
    if (!ends_in(path, ".svg") && !ends_in(path, ".png")) {
        snprintf(why, size, "%s: '%s' does not end in .svg or .png", option, path);
        return -EINVAL;
    }
    if (stat(path, &file) != 0)
        return picture_directory(path, option, why, size);
    if (S_ISREG(file.st_mode) && access(path, W_OK) == 0)
        return 0;
    snprintf(why, size, "cannot write %s: %s; name another file with %s", path,
             S_ISDIR(file.st_mode)    ? "it is a directory"
             : !S_ISREG(file.st_mode) ? "it is not a regular file"
                                      : strerror(errno),
             option);
    return -EACCES;
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

FILE *picture_open(const char *path, int width, int height, char *why, size_t size)
{
    FILE *script = tmpfile();
    if (script != NULL)
        picture_begin(script, ends_in(path, ".png"), width, height, path);
    else
        snprintf(why, size, "no temporary file could be made: %s", strerror(errno));
    return script;
}

int picture_close(FILE *script, const char *path, char *why, size_t size)
{
    bool is_new = access(path, F_OK) != 0;
    picture_end(script);
    int err = gnuplot_run(script, why, size);
    fclose(script);
    if (err == 0)
        err = picture_check(path, why, size);
    if (err != 0 && is_new)
        unlink(path); /* half a picture */
    return err;
}
