#pragma once

#include <optional>
#include <string>

namespace portlight::test {

/// Where the variable PORTLIGHT_TEST_IN_USER_NAMESPACE is set: goes on in a child process that is
/// root of a user namespace of the ordinary user (local_user.h), with his subordinate ids, as a
/// rootless engine is. The child gets nothing; the calling process, which waited for it, gets the
/// exit status to end with. Call first in main(), while there is one thread.
std::optional<int> continueInUserNamespace();
/// Why that did not happen although it was asked for; empty where it did, or was not.
const std::string& userNamespaceLack();

} // namespace portlight::test

/// The main function of a test program that also runs in a user namespace. Its initTestCase() looks
/// at userNamespaceLack().
#define PL_TEST_MAIN(TestClass)                                                                    \
    int main(int argc, char** argv)                                                                \
    {                                                                                              \
        if (const auto status = portlight::test::continueInUserNamespace())                        \
            return *status;                                                                        \
        QCoreApplication application(argc, argv);                                                  \
        TestClass test;                                                                            \
        return QTest::qExec(&test, argc, argv);                                                    \
    }
