// SPDX-License-Identifier: MIT
/*
 * What the files of the built-in server hold: byte k of a file is a pure function of (seed, file,
 * k), so that a server needs no files and a checker no server. All bytes are printable ASCII.
 */
#ifndef SPEEDUP_CONTENTS_H
#define SPEEDUP_CONTENTS_H

#include <stddef.h>
#include <stdint.h>

/* Writes bytes [offset, offset + size) of the file into buffer; about 0.1 ns per byte. */
void contents_fill(uint64_t seed, uint64_t file, uint64_t offset, void *buffer, size_t size);

#endif
