#pragma once

#include "tests/support/api.h"
#include "tests/support/must_run.h"

#include <QtTest>

#include <string>

namespace portlight::test {

template <class ResultOf> std::string failureOf(const ResultOf& result)
{
    return result ? std::string() : result.error().message;
}

} // namespace portlight::test

/// QVERIFY of a Result, which must be a variable; a failure shows its error's message.
#define PL_VERIFY(result) QVERIFY2(result, portlight::test::failureOf(result).c_str())
/// PL_VERIFY of a call whose value nobody needs.
#define PL_DONE(...)                                                                               \
    do {                                                                                           \
        const auto done = __VA_ARGS__;                                                             \
        PL_VERIFY(done);                                                                           \
    } while (false)
/// QCOMPARE of an ApiAnswer's status; a failure shows what the engine said. The call is made once.
#define PL_STATUS(answer, expected)                                                                \
    do {                                                                                           \
        const portlight::test::ApiAnswer& answered = (answer);                                     \
        QVERIFY2(answered.status == (expected),                                                    \
            ("status " + std::to_string(answered.status) + ": " + answered.message()).c_str());    \
    } while (false)
/// `auto& engine` for the rest of the test function: an EngineProcess with the rights of @p runAs.
/// Where this machine lacks the account, the function is skipped with the reason, on CI failed.
#define PL_START_ENGINE(engine, runAs)                                                             \
    auto engine##Started = portlight::test::EngineProcess::start({ runAs });                       \
    if (!engine##Started && engine##Started.error().code == portlight::Errc::Forbidden)            \
        PL_MUST_RUN_SKIP(engine##Started.error().message.c_str());                                 \
    PL_VERIFY(engine##Started);                                                                    \
    auto& engine = *engine##Started.value()
