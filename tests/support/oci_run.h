#pragma once

#include "tests/support/programs.h"
#include "tests/support/shim_run.h"

#include <memory>
#include <string>
#include <vector>

namespace portlight::test {

/// The real portlight-oci with a bundle of its own: config.json and image as ShimRun makes them. As
/// an ordinary user the container has a user namespace with the user's subordinate ids.
class OciRun {
public:
    static Result<std::unique_ptr<OciRun>> make(const LocalUser& user);
    ~OciRun();

    Json& config() { return m_box->config; }
    void setCommand(const std::string& shellLine) { m_box->setCommand(shellLine); }

    /// Writes config.json and runs "create" (or "run"): with options before and after the verb. The
    /// container writes to output().
    Ran create(const std::vector<std::string>& options = {});
    Ran run(const std::vector<std::string>& options = {});
    /// Any verb with words after it.
    Ran call(const std::vector<std::string>& words) const;
    Ran start() const { return call({ "start", id() }); }
    /// "status" of `state`; empty when there is none.
    std::string status() const;
    Json state() const;
    /// Waits for that status. False when it does not come.
    bool awaitStatus(const std::string& status) const;
    /// What the container has written so far.
    std::string output() const;
    /// Waits until the output has @p part.
    bool awaitOutput(const std::string& part) const;

    const std::string& id() const { return m_id; }
    std::string directory() const { return m_box->directory(); }
    const std::string& image() const { return m_box->image(); }
    const std::string& bundle() const { return m_box->bundle(); }
    std::string group() const { return m_box->group(); }
    /// A file of the test, in its directory.
    std::string path(const std::string& name) const { return directory() + "/" + name; }
    bool isRoot() const { return m_user.uid == 0; }
    const LocalUser& user() const { return m_user; }

private:
    OciRun(std::unique_ptr<ShimRun> box, LocalUser user);
    Ran launch(const std::string& verb, const std::vector<std::string>& options);
    Ran program(const std::vector<std::string>& words, const std::string& stdoutFile) const;

    std::unique_ptr<ShimRun> m_box;
    LocalUser m_user;
    std::string m_id;
};

/// Whether @p part stands in @p text.
bool has(const std::string& text, const std::string& part);

/// What the file @p path holds; nothing where it cannot be read.
std::string textOf(const std::string& path);

} // namespace portlight::test

/// `OciRun& run` with the rights of the row's "runAs"; skips where the account is missing.
#define PL_MAKE_OCI(run)                                                                           \
    QFETCH(const RunAs, runAs);                                                                    \
    std::string lack;                                                                              \
    const auto user = localUser(runAs, lack);                                                      \
    if (!user)                                                                                     \
        PL_MUST_RUN_SKIP(lack.c_str());                                                            \
    auto run##Made = OciRun::make(*user);                                                          \
    QVERIFY2(run##Made, run##Made ? "" : run##Made.error().message.c_str());                       \
    OciRun& run = *run##Made.value()

/// The call came back with 0; a failure shows what it said.
#define PL_DONE(call)                                                                              \
    do {                                                                                           \
        const auto ranNow = (call);                                                                \
        QVERIFY2(ranNow.exitCode == 0, ranNow.err.constData());                                    \
    } while (false)
