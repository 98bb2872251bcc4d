// SPDX-License-Identifier: MIT
/* The web server of `serve` against nginx, and against itself with many connections. Server and
 * client keep to a core of their own each. */
#include "tests/figures/bench.h"
#include "bench/units.h"

#include <arpa/inet.h>
#include <libgen.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern const struct workload workload_serve;

enum { TRIES = 6, CONNECTIONS = 100, BODY = 100, MANY = 5000, REQUESTS = 200000, ROUNDS = 6 };

/* A server in a process of its own. */
struct server {
    pid_t pid;
    unsigned port;
};

static const struct place *place_of(bool server)
{
    static struct placement placement;
    char why[ERROR_MAX];
    if (placement.count == 0 &&
        placement_make(&placement, bench_machine(), "cores", true, why, sizeof(why)) != 0)
        bench_leave(1);
    return server ? &placement.places[0] : &placement.helper;
}

/* In the child: becomes the program, which dies with us. */
static void become(char *const argv[], int out, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent || dup2(out, STDOUT_FILENO) < 0)
        _exit(1);
    place_bind(bench_machine(), place_of(true));
    execvp(argv[0], argv);
    _exit(127);
}

/* Starts it and waits for the first line that it prints, if it prints one before its end. */
static struct server start(char *const argv[], char *line, int size)
{
    int out[2];
    pid_t parent = getpid();
    if (pipe(out) != 0)
        bench_leave(1);
    fflush(NULL);
    struct server server = {.pid = fork()};
    if (server.pid == 0)
        become(argv, out[1], parent);
    close(out[1]);
    FILE *from = fdopen(out[0], "r");
    if (server.pid < 0 || from == NULL)
        bench_leave(1);
    if (line != NULL && fgets(line, size, from) == NULL)
        line[0] = '\0';
    fclose(from);
    return server;
}

static void stop(struct server *server)
{
    kill(server->pid, SIGTERM);
    waitpid(server->pid, NULL, 0);
}

static struct server start_ours(void)
{
    char self[4096] = "", program[4200], line[256];
    if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
        bench_leave(1);
    snprintf(program, sizeof(program), "%s/speedup", dirname(self));
    char *argv[] = {program, "serve", "--runner", "async", "--port", "0", "--pin", "none", NULL};
    struct server server = start(argv, line, sizeof(line));
    const char *at = strstr(line, "http://127.0.0.1:");
    if (at == NULL || sscanf(at, "http://127.0.0.1:%u", &server.port) != 1) {
        fprintf(stderr, "figures: the server did not say where it listens\n");
        bench_leave(1);
    }
    return server;
}

/* One that was free a moment ago. */
static unsigned free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&address, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        bench_leave(1);
    close(fd);
    return ntohs(address.sin_port);
}

static bool answers(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool connected = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return connected;
}

/* One worker, no log, a constant answer as long as ours. pid 0: there is no nginx. */
static struct server start_nginx(const char *directory)
{
    char path[4200], body[BODY + 1];
    unsigned port = free_port();
    snprintf(path, sizeof(path), "%s/nginx.conf", directory);
    FILE *conf = fopen(path, "w");
    if (conf == NULL)
        bench_leave(1);
    memset(body, 'x', BODY);
    body[BODY] = '\0';
    fprintf(conf,
            "daemon off;\nworker_processes 1;\npid nginx.pid;\nerror_log stderr crit;\n"
            "events { worker_connections 10000; }\n"
            "http { access_log off; keepalive_requests 100000000; client_body_temp_path body;\n"
            "proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;\n"
            "scgi_temp_path scgi; server { listen 127.0.0.1:%u backlog=4096;\n"
            "location / { default_type text/plain; return 200 \"%s\"; } } }\n",
            port, body);
    fclose(conf);
    char *argv[] = {"nginx", "-p", (char *)directory, "-c", path, "-e", "stderr", NULL};
    struct server server = start(argv, NULL, 0);
    server.port = port;
    while (!answers(port)) {
        if (waitpid(server.pid, NULL, WNOHANG) != 0)
            return (struct server){0};
    }
    return server;
}

/* Of the same wrk on the same core, for a greeting as long as nginx's answer. */
static double run_wrk(const struct server *server, int connections)
{
    char url[256], name[BODY + 1];
    int length = BODY - (int)strlen("Hello, !");
    memset(name, 'x', (size_t)length);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/%.*s", server->port, length, name);
    return bench_wrk(place_of(false), connections, url);
}

static void against_nginx(void)
{
    double ours[TRIES], theirs[TRIES];
    char directory[] = "/tmp/speedup-figures-XXXXXX", command[128];
    if (mkdtemp(directory) == NULL)
        bench_leave(1);
    struct server nginx = start_nginx(directory);
    if (nginx.pid == 0) {
        printf(
            "serve: not measured against nginx, there is none; the package nginx-light has it\n");
    } else {
        struct server async = start_ours();
        for (int i = 0; i < TRIES; i++) {
            ours[i] = run_wrk(&async, CONNECTIONS);
            theirs[i] = run_wrk(&nginx, CONNECTIONS);
        }
        stop(&async);
        stop(&nginx);
        if (ours[0] > 0 && theirs[0] > 0)
            bench_at_least("serve: requests/s of async at 100 connections / nginx", ours, theirs,
                           TRIES, 0.7);
        else
            printf("serve: not measured, there is no wrk; install the package wrk\n");
    }
    snprintf(command, sizeof(command), "rm -rf %s", directory);
    if (system(command) != 0)
        fprintf(stderr, "figures: could not remove %s\n", directory);
}

/* CPU time of the server for each of as many requests. */
static double run_cpu(void *context)
{
    struct entry *entry = context;
    trial_run(entry->trial, entry->number);
    return (double)entry->trial->last.cpu_ns / REQUESTS;
}

static void open_serve(struct trial *t, int connections)
{
    char settings[64];
    snprintf(settings, sizeof(settings), "connections=%d requests=%d", connections,
             REQUESTS / connections);
    trial_open(t, &workload_serve, settings);
}

static void many_connections(void)
{
    struct trial few, many;
    double a[ROUNDS], b[ROUNDS];
    open_serve(&few, CONNECTIONS);
    open_serve(&many, MANY);
    struct entry first = {&many, trial_add(&many, "async", MANY)};
    struct entry second = {&few, trial_add(&few, "async", CONNECTIONS)};
    size_t threads = trial_add(&many, "threads", MANY);
    trial_begin(&few);
    trial_begin(&many);
    struct contender contenders[] = {{run_cpu, &first, a}, {run_cpu, &second, b}};
    bench_rounds(contenders, 2, ROUNDS);
    bench_at_most("serve: CPU per request of async at 5,000 connections / at 100", a, b, ROUNDS,
                  1.5);
    struct bench_case *c = &many.experiment.cases[threads];
    char wall[UNITS_MAX];
    many.last = (struct sample){0};
    if (repetition_run(&many.stage, c, &many.last) == 0)
        printf("serve: 5,000 connections with a thread each: %d requests took %s\n", REQUESTS,
               units_time(wall, (double)many.last.run_ns));
    else
        printf("serve: 5,000 connections with a thread each: %s\n", c->failed);
    trial_close(&few);
    trial_close(&many);
}

void figure_serve(void)
{
    against_nginx();
    many_connections();
}
