// SPDX-License-Identifier: MIT
/* Runs the built-in file server by hand, for wrk and curl:
 *
 *     server_main [SIZE [LATENCY_NS [BANDWIDTH [PORT]]]]    until end of file on stdin */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workloads/helpers/server.h"

static uint64_t number(int argc, char **argv, int index, uint64_t otherwise)
{
    return index < argc ? strtoull(argv[index], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    struct server *server;
    struct server_options options = {.seed = 1,
                                     .files = 1000000,
                                     .size = number(argc, argv, 1, 16384),
                                     .latency_ns = (int64_t)number(argc, argv, 2, 0),
                                     .bandwidth = number(argc, argv, 3, 0),
                                     .port = (uint16_t)number(argc, argv, 4, 0)};
    int err = server_open(&server, &options);
    if (err == 0) {
        printf("http://127.0.0.1:%d/file/0\n", server_port(server));
        fflush(stdout);
        err = server_serve(server, STDIN_FILENO);
        server_close(server);
    }
    if (err != 0)
        fprintf(stderr, "server_main: could not serve on port %d: %s\n", options.port,
                strerror(-err));
    return err != 0;
}
