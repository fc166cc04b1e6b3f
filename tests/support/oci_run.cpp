#include "tests/support/oci_run.h"

#include "engine/base/id.h"
#include "engine/base/syscalls.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace portlight::test {

namespace {

constexpr int kPatienceMs = 20'000;
constexpr int kPauseMs = 10;

// The first range of @p file that belongs to @p user: "name:first:count".
std::pair<unsigned, unsigned> subordinateRange(const char* file, const LocalUser& user)
{
    std::ifstream lines(file);
    std::string line;
    while (std::getline(lines, line)) {
        std::istringstream fields(line);
        std::string name;
        std::string first;
        std::string count;
        if (std::getline(fields, name, ':') && std::getline(fields, first, ':')
            && std::getline(fields, count)
            && (name == user.name || name == std::to_string(user.uid)))
            return { static_cast<unsigned>(std::stoul(first)),
                static_cast<unsigned>(std::stoul(count)) };
    }
    return { 0, 0 };
}

Json mapping(unsigned own, std::pair<unsigned, unsigned> range)
{
    Json map = Json::array({ { { "containerID", 0 }, { "hostID", own }, { "size", 1 } } });
    if (range.second > 0)
        map.push_back({ { "containerID", 1 }, { "hostID", range.first },
            { "size", std::min(range.second, 65536U) } });
    return map;
}

} // namespace

OciRun::OciRun(std::unique_ptr<ShimRun> box, LocalUser user)
    : m_box(std::move(box))
    , m_user(std::move(user))
    , m_id("test-" + randomHex(8))
{
}

Result<std::unique_ptr<OciRun>> OciRun::make(const LocalUser& user)
{
    PL_TRY(auto box, ShimRun::make(user));
    std::unique_ptr<OciRun> run(new OciRun(std::move(box), user));
    Json& config = run->config();
    config["root"]["path"] = run->image();
    config["process"]["args"] = { "true" };
    if (user.uid != 0) {
        config["linux"]["namespaces"].push_back({ { "type", "user" } });
        config["linux"]["uidMappings"] = mapping(user.uid, subordinateRange("/etc/subuid", user));
        config["linux"]["gidMappings"] = mapping(user.gid, subordinateRange("/etc/subgid", user));
    }
    PL_TRY(run->m_box->writeBundle()); // the directory is the user's from here on
    return run;
}

OciRun::~OciRun()
{
    (void)call({ "delete", "--force", m_id });
}

// By a shell, because the container goes on writing when the program has ended.
Ran OciRun::program(const std::vector<std::string>& words, const std::string& stdoutFile) const
{
    QStringList line;
    if (!stdoutFile.empty())
        line << "sh" << "-c" << "out=$1; shift; exec \"$@\" </dev/null >>\"$out\" 2>&1" << "sh"
             << QString::fromStdString(stdoutFile);
    line << QString::fromStdString(std::string(PORTLIGHT_BIN_DIR) + "/portlight-oci") << "--root"
         << QString::fromStdString(path("oci"));
    for (const std::string& word : words)
        line << QString::fromStdString(word);
    RunOptions options;
    options.user = m_user;
    options.patienceMs = kPatienceMs;
    return runProgram(line, options);
}

Ran OciRun::call(const std::vector<std::string>& words) const
{
    return program(words, {});
}

Ran OciRun::launch(const std::string& verb, const std::vector<std::string>& options)
{
    if (const auto written = m_box->writeBundle(); !written)
        return Ran { -1, {}, QByteArray::fromStdString(written.error().message) };
    std::vector<std::string> words { "--log", path("log"), verb, "--bundle", bundle() };
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(m_id);
    Ran ran = program(words, path("out"));
    // Told twice: on standard error, which is in the output, and to the log.
    if (const auto log = readFile(path("log")))
        ran.err += QByteArray::fromStdString(log.value());
    return ran;
}

Ran OciRun::create(const std::vector<std::string>& options)
{
    return launch("create", options);
}

Ran OciRun::run(const std::vector<std::string>& options)
{
    return launch("run", options);
}

Json OciRun::state() const
{
    const Ran ran = call({ "state", m_id });
    auto json = parseJson(ran.out.toStdString());
    return json ? std::move(json).value() : Json();
}

std::string OciRun::status() const
{
    const auto name = jsonString(state(), "status");
    return name ? name.value() : std::string();
}

bool OciRun::awaitStatus(const std::string& wanted) const
{
    for (int waited = 0; waited < kPatienceMs; waited += kPauseMs) {
        if (status() == wanted)
            return true;
        ::poll(nullptr, 0, kPauseMs);
    }
    return false;
}

std::string OciRun::output() const
{
    const auto text = readFile(path("out"));
    return text ? text.value() : std::string();
}

bool OciRun::awaitOutput(const std::string& part) const
{
    for (int waited = 0; waited < kPatienceMs; waited += kPauseMs) {
        if (output().find(part) != std::string::npos)
            return true;
        ::poll(nullptr, 0, kPauseMs);
    }
    return false;
}

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

std::string textOf(const std::string& path)
{
    const auto text = readFile(path);
    return text ? text.value() : std::string();
}

} // namespace portlight::test
