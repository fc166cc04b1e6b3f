#pragma once

#include "tests/support/must_run.h"
#include "tests/support/shim_run.h"

#include <QtTest>

Q_DECLARE_METATYPE(portlight::test::RunAs)

/// `ShimRun& run` with the rights of the row's "runAs"; skips where the account is missing.
#define PL_MAKE_RUN(run)                                                                           \
    QFETCH(const RunAs, runAs);                                                                    \
    std::string lack;                                                                              \
    const auto user = localUser(runAs, lack);                                                      \
    if (!user)                                                                                     \
        PL_MUST_RUN_SKIP(lack.c_str());                                                            \
    auto run##Made = ShimRun::make(*user);                                                         \
    QVERIFY2(run##Made, run##Made ? "" : run##Made.error().message.c_str());                       \
    ShimRun& run = *run##Made.value()

/// Starts the shim and waits for Ready.
#define PL_SPAWN(run)                                                                              \
    do {                                                                                           \
        const auto spawned = (run).spawn();                                                        \
        QVERIFY2(spawned, spawned ? "" : spawned.error().message.c_str());                         \
    } while (false)

/// Starts the shim and its container, and waits until that runs.
#define PL_SPAWN_RUNNING(run)                                                                      \
    do {                                                                                           \
        PL_SPAWN(run);                                                                             \
        QVERIFY((run).control().send(FrameType::Start));                                           \
        const auto begun = (run).control().receive();                                              \
        QVERIFY(begun&& begun.value().type == FrameType::Started);                                 \
    } while (false)

/// The container ran and ended; a failure shows why not.
#define PL_EXITED(outcome)                                                                         \
    QVERIFY2((outcome).exit,                                                                       \
        ((outcome).failure ? (outcome).failure->message : (outcome).trouble).c_str())
