#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace portlight::test {

/// An account of this machine.
struct LocalUser {
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
    std::string home;
};

/// Whose rights a program under test gets.
enum class RunAs {
    Current, ///< those of the test
    Root, ///< needs a test that runs as root
    OrdinaryUser, ///< PORTLIGHT_TEST_USER where the test runs as root, otherwise the test's own
                  ///< user
};

/// The account behind @p runAs on this machine, or nothing: Root asked for by an ordinary user, or
/// no (known) PORTLIGHT_TEST_USER although the test runs as root. @p lack then says what is
/// missing.
std::optional<LocalUser> localUser(RunAs runAs, std::string& lack);

/// Gives the calling process the effective rights of @p user until the end of the scope, where it
/// has root's; an engine answers only the user who started it (SO_PEERCRED of the connection).
class ActingAs {
public:
    explicit ActingAs(const LocalUser& user);
    ~ActingAs();
    ActingAs(const ActingAs&) = delete;
    ActingAs& operator=(const ActingAs&) = delete;

private:
    bool m_isChanged = false;
};

/// Adds the column "runAs" with the rows "root" and "user": every flow runs as both.
void addRunAsRows();

} // namespace portlight::test
