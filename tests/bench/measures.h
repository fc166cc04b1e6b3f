#pragma once

#include "engine/base/result.h"
#include "tests/support/api.h"

#include <functional>
#include <string>
#include <vector>

namespace portlight::bench {

/// An engine that speaks the Engine API, to be measured.
struct Subject {
    std::string name;
    std::string socket;
    test::Api api;
};

/// One thing that is timed: @p run does what must be done around it and returns the milliseconds of
/// the part that counts.
struct Measure {
    std::string title;
    int runs = 0;
    std::function<Result<double>(const Subject&)> run;
};

/// Container start through the API alone: the call of POST /containers/{id}/start of a program that
/// stays; it answers once the program runs. No network.
Measure startCall(int runs);
/// create + start + wait + remove of a program that ends at once.
Measure wholeLife(int runs);
/// POST /images/load of the archive at @p path; the image @p reference is removed before each.
Measure import(int runs, const std::string& path, const std::string& reference);

/// Runs @p measure against all subjects in turn (A, B, A, B, …), after one round that does not
/// count, and prints a line for each: median, smallest, nine tenths, largest, and the ratio to the
/// first. A subject that fails gets its error instead.
void report(const Measure& measure, const std::vector<Subject>& subjects);

} // namespace portlight::bench
