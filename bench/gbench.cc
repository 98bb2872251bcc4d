// SPDX-License-Identifier: MIT
// The only C++ of the project. Known of Google Benchmark 1.7.1: it has no way to run a chosen order
// of repetitions over several benchmarks, so each round registers them anew, with one iteration
// each.
#include "bench/gbench.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

namespace
{

struct Round {
    gbench_run *run;
    void *context;
    int number, rounds;
    bool keep;
    std::vector<gbench_time> times; // in the order of execution
    std::vector<bool> good;
    std::vector<int64_t> numbers;
};

std::vector<benchmark::BenchmarkReporter::Run> kept;

// Takes the runs of one round, in the order of execution, and corrects what Google Benchmark cannot
// know: children's CPU time and which repetition this is.
class Collector : public benchmark::BenchmarkReporter
{
  public:
    explicit Collector(Round &round) : round_(round)
    {
    }

    bool ReportContext(const Context &) override
    {
        return true;
    }

    void ReportRuns(const std::vector<Run> &runs) override
    {
        for (Run run : runs) {
            size_t i = seen_++;
            if (!round_.keep || i >= round_.good.size() || !round_.good[i])
                continue;
            run.cpu_accumulated_time = static_cast<double>(round_.times[i].cpu_ns) * 1e-9;
            run.family_index = round_.numbers[i];
            run.run_name.iterations.clear(); // always one: not part of the name
            run.run_name.time_type.clear();
            run.repetitions = round_.rounds;
            run.repetition_index = round_.number;
            kept.push_back(run);
        }
    }

    size_t seen() const
    {
        return seen_;
    }

  private:
    Round &round_;
    size_t seen_ = 0;
};

void measure(benchmark::State &state, Round &round, size_t number)
{
    gbench_time time = {};
    int failed = 0;
    for (auto _ : state) {
        failed = round.run(round.context, number, &time);
        state.SetIterationTime(failed ? 0 : static_cast<double>(time.wall_ns) * 1e-9);
    }
    if (time.items_per_second > 0)
        state.counters["items_per_second"] = time.items_per_second;
    round.times.push_back(time);
    round.good.push_back(failed == 0);
    round.numbers.push_back(static_cast<int64_t>(number));
}

} // namespace

void gbench_open(const char *program)
{
    static std::string name; // Google Benchmark keeps a pointer to it
    name = program;
    char *argv[] = {&name[0], nullptr};
    int argc = 1;
    benchmark::Initialize(&argc, argv);
}

size_t gbench_round(const char *const *names, const size_t *order, size_t count, int number,
                    int rounds, int keep, gbench_run *run, void *context)
{
    Round round = {run, context, number, rounds, keep != 0, {}, {}, {}};
    benchmark::ClearRegisteredBenchmarks();
    for (size_t i = 0; i < count; i++) {
        size_t chosen = order[i];
        benchmark::RegisterBenchmark(
            names[chosen],
            [&round, chosen](benchmark::State &state) { measure(state, round, chosen); })
            ->Iterations(1)
            ->UseManualTime()
            ->Unit(benchmark::kMillisecond);
    }
    Collector collector(round);
    benchmark::RunSpecifiedBenchmarks(&collector, ".");
    benchmark::ClearRegisteredBenchmarks();
    return collector.seen();
}

char *gbench_json(void)
{
    std::ostringstream out, errors;
    benchmark::JSONReporter reporter;
    benchmark::BenchmarkReporter::Context context;
    reporter.SetOutputStream(&out);
    reporter.SetErrorStream(&errors);
    reporter.ReportContext(context);
    if (!kept.empty())
        reporter.ReportRuns(kept);
    reporter.Finalize();
    return strdup(out.str().c_str());
}

void gbench_close(void)
{
    kept.clear();
}
