#include "tests/support/local_user.h"

#include <QtTest>

#include <pwd.h>
#include <unistd.h>

namespace portlight::test {

namespace {

std::optional<LocalUser> fromEntry(const passwd* entry)
{
    if (entry == nullptr)
        return std::nullopt;
    return LocalUser { entry->pw_name, entry->pw_uid, entry->pw_gid, entry->pw_dir };
}

} // namespace

std::optional<LocalUser> localUser(RunAs runAs, std::string& lack)
{
    const bool isRoot = ::geteuid() == 0;
    if (runAs == RunAs::Root && !isRoot) {
        lack = "running an engine as root takes root rights";
        return std::nullopt;
    }
    if (runAs != RunAs::OrdinaryUser || !isRoot) {
        auto self = fromEntry(::getpwuid(::geteuid()));
        if (!self)
            lack = "the user of this test has no entry in the user database";
        return self;
    }
    const std::string name = qEnvironmentVariable("PORTLIGHT_TEST_USER").toStdString();
    if (name.empty()) {
        lack = "PORTLIGHT_TEST_USER names no ordinary user (tests/run sets it)";
        return std::nullopt;
    }
    auto user = fromEntry(::getpwnam(name.c_str()));
    if (!user)
        lack = "there is no user '" + name + "' (PORTLIGHT_TEST_USER)";
    return user;
}

ActingAs::ActingAs(const LocalUser& user)
{
    if (::geteuid() != 0 || user.uid == 0)
        return;
    // The group first: without root's rights it could not be changed any more.
    m_isChanged = ::setegid(user.gid) == 0 && ::seteuid(user.uid) == 0;
}

ActingAs::~ActingAs()
{
    if (m_isChanged && (::seteuid(0) != 0 || ::setegid(0) != 0))
        qFatal("the test cannot get its own rights back");
}

void addRunAsRows()
{
    QTest::addColumn<RunAs>("runAs");
    QTest::newRow("root") << RunAs::Root;
    QTest::newRow("user") << RunAs::OrdinaryUser;
}

} // namespace portlight::test
