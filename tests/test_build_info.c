// SPDX-License-Identifier: MIT
#include <criterion/criterion.h>
#include <string.h>

#include "bench/build_info.h"
#include "tests/program.h"

Test(build_info, knows_its_flags_and_the_libraries_it_runs_with)
{
    const char *type, *compiler, *flags, *curl, *ev, *hwloc, *parser, *jansson, *sqlite, *glibc;
    json_t *build = build_json();
    int bad = json_unpack(build, "{s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s}}", "type",
                          &type, "compiler", &compiler, "flags", &flags, "libraries", "libcurl",
                          &curl, "libev", &ev, "hwloc", &hwloc, "http_parser", &parser, "jansson",
                          &jansson, "sqlite", &sqlite, "glibc", &glibc);
    cr_assert_eq(bad, 0);
    cr_expect_str_eq(type, build_type());
    cr_expect_not_null(strstr(flags, "-std=c17"), "flags: %s", flags);
    cr_expect_not_null(strchr(compiler, '.'), "compiler: %s", compiler);
    json_decref(build);
}

/* The tag would be the commit of all that are built behind it. */
Test(build_info, the_version_has_the_hash_whatever_is_tagged)
{
    struct outcome done =
        command("git init -q . && git config user.name a && git config user.email a@b && "
                "git config commit.gpgsign false && "
                "git commit -q --allow-empty -m one && git tag -a -m tagged v1.0 && "
                "git commit -q --allow-empty -m two && "
                "make -s -f $ROOT/Makefile --eval 'say: ; @echo $(describe)' say >said && "
                "git rev-parse --short=12 HEAD | cmp - said");
    cr_expect_eq(done.status, 0, "%s%s", done.out, program_file("said"));
}

Test(build_info, the_version_is_said)
{
    struct outcome done = program("--version");
    cr_expect_eq(done.status, 0);
    cr_expect_not_null(strstr(done.out, build_version()), "it said %s", done.out);
}
