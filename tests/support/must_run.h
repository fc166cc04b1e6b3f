#pragma once

#include <QtTest>

/// Skips a test function whose machine lacks something, except on CI (PORTLIGHT_CI is set), where
/// it must run and fails instead. The reason names what is missing. Only inside a test function.
#define PL_MUST_RUN_SKIP(reason)                                                                   \
    do {                                                                                           \
        if (qEnvironmentVariableIsSet("PORTLIGHT_CI"))                                             \
            QFAIL(reason);                                                                         \
        QSKIP(reason);                                                                             \
    } while (false)
