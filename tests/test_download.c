// SPDX-License-Identifier: MIT
/* Downloads that go wrong, and a user's own list. The addresses are all of this machine. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/program.h"

static void says(const struct outcome *o, int status, const char *sentence)
{
    cr_expect_eq(o->status, status, "exit %d, not %d\n%s", o->status, status, o->err);
    cr_expect_not_null(strstr(o->err, sentence), "'%s' is not in:\n%s", sentence, o->err);
}

static void write_list(const char *text)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/urls.txt", program_directory());
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

/* A socket that listens or is only bound, on a port that is free. */
static int take_port(bool listening, unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    if (listening)
        cr_assert_eq(listen(fd, 1), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

Test(download, port_that_is_taken)
{
    unsigned port;
    int fd = take_port(true, &port);
    struct outcome o = program("run download -p port=%u -R async -n 1 -r 1 -o x.json", port);
    says(&o, 1,
         "Address already in use; choose another with -p port=N, or port=0 for any free one");
    close(fd);
}

Test(download, server_that_is_not_there)
{
    unsigned port;
    char list[128];
    int fd = take_port(false, &port); /* nobody listens, and nobody else can take it */
    snprintf(list, sizeof(list), "http://127.0.0.1:%u/x\n", port);
    write_list(list);
    struct outcome o = program("run download -p urls=urls.txt -R async,threads -n 1 -o x.json");
    says(&o, 1, "async/n:1: 1 of 1 tasks failed: GET http://127.0.0.1");
    says(&o, 1, "could not connect (Connection refused); is the server running?");
    close(fd);
}

Test(download, name_without_an_address)
{
    write_list("http://name.invalid/x\n");
    struct outcome o =
        program("run download -p urls=urls.txt -R async,process-pool -n 1 -o x.json");
    says(&o, 1, "no address for that name; is it right, is there a network?");
}

Test(download, list_that_is_empty)
{
    write_list("# nothing but a comment\n\n");
    struct outcome o = program("run download -p urls=urls.txt -R async -n 1 -o x.json");
    says(&o, 2, "urls.txt");
}

Test(download, too_few_descriptors)
{
    struct outcome o = command("ulimit -n 40; exec $SPEEDUP run download -p files=200 "
                               "-p latency=5ms -R async -n 200 -r 1 -o x.json");
    says(&o, 1, "all 40 file descriptors are in use; n downloads at once need up to 4 n: raise");
}

Test(download, soft_limit_is_raised)
{
    struct outcome o = command("ulimit -Sn 64; exec $SPEEDUP run download -p files=200 "
                               "-p latency=5ms -R async -n 200 -r 1 -o x.json");
    cr_expect_eq(o.status, 0, "%s", o.err);
}

/* One round, and none of it thrown away. */
Test(download, list_of_a_stranger_is_fetched_once)
{
    write_list("http://name.invalid/x\n");
    struct outcome o = program("run download -p urls=urls.txt -R async -n 1 -o x.json");
    cr_expect_not_null(strstr(o.err, "2 cases, 1 round\n"), "%s", o.err);
    o = program("run download -p urls=urls.txt -p owner=yes -R async -n 1 -r 2 -o x.json");
    cr_expect_not_null(strstr(o.err, "2 cases, 2 rounds and a warm-up\n"), "%s", o.err);
}
