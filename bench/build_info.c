// SPDX-License-Identifier: MIT
/* The Makefile defines BUILD_VERSION, BUILD_TYPE, BUILD_COMPILER and BUILD_FLAGS for this file. */
#include "bench/build_info.h"

#include <curl/curl.h>
#include <ev.h>
#include <gnu/libc-version.h>
#include <http_parser.h>
#include <hwloc.h>
#include <sqlite3.h>
#include <stdio.h>

enum { VERSION_MAX = 32 };

const char *build_version(void)
{
    return BUILD_VERSION;
}

const char *build_type(void)
{
    return BUILD_TYPE;
}

/* hwloc and http_parser give a number with a byte for each part: 0x020900 is 2.9.0. hwloc's is that
 * of its interface, which changes more seldom than its release. */
static json_t *version(const char *before, unsigned long packed)
{
    char text[VERSION_MAX];
    snprintf(text, sizeof(text), "%s%lu.%lu.%lu", before, packed >> 16, packed >> 8 & 0xff,
             packed & 0xff);
    return json_string(text);
}

static json_t *libev_version(void)
{
    char text[VERSION_MAX];
    snprintf(text, sizeof(text), "%d.%d", ev_version_major(), ev_version_minor());
    return json_string(text);
}

/* popt and Google Benchmark do not tell their versions. */
static json_t *libraries(void)
{
    return json_pack("{s:o, s:o, s:s, s:s, s:o, s:s, s:s}", "hwloc",
                     version("API ", hwloc_get_api_version()), "libev", libev_version(), "libcurl",
                     curl_version_info(CURLVERSION_NOW)->version, "jansson", jansson_version_str(),
                     "http_parser", version("", http_parser_version()), "sqlite",
                     sqlite3_libversion(), "glibc", gnu_get_libc_version());
}

json_t *build_json(void)
{
    return json_pack("{s:s, s:s, s:s, s:o}", "type", BUILD_TYPE, "compiler",
                     BUILD_COMPILER " " __VERSION__, "flags", BUILD_FLAGS, "libraries",
                     libraries());
}
