#include "tests/support/engine_fixture.h"

#include "tests/support/verify.h"

namespace portlight::test {

void EngineFixture::provideEngine(const std::function<void()>& prepare)
{
    QFETCH_GLOBAL(const RunAs, runAs);
    if (m_engine && m_runAs == runAs)
        return;
    m_engine.reset();
    m_files = std::make_unique<QTemporaryDir>();
    EngineProcess::Options options;
    options.runAs = runAs;
    options.hasOwnNetwork = true;
    auto started = EngineProcess::start(options);
    if (!started && started.error().code == Errc::Forbidden)
        PL_MUST_RUN_SKIP(started.error().message.c_str());
    PL_VERIFY(started);
    m_engine = std::move(started).value();
    m_runAs = runAs;
    prepare();
}

void EngineFixture::removeObjects()
{
    if (!m_engine)
        return;
    const Json all = api().get("/containers/json?all=1").json();
    for (const auto& container : all)
        PL_DONE(removeContainer(api(), jsonString(container, "Id", "").value()));
    const auto pruned = api().post("/networks/prune");
    QVERIFY2(pruned.status == 200, (pruned.message() + "\n" + m_engine->output()).c_str());
    PL_STATUS(api().post("/volumes/prune?filters=" + encoded(R"({"all":["true"]})")), 200);
    QCOMPARE(jsonMember(api().get("/volumes").json(), "Volumes").size(), std::size_t(0));
}

std::string EngineFixture::runContainer(const std::string& image,
    const std::vector<std::string>& words, const Json& settings, const std::string& name)
{
    const auto id = createContainer(api(), image, words, settings, name);
    const auto started = id ? startContainer(api(), id.value()) : Result<void>(id.error());
    if (!started)
        QTest::qFail(started.error().message.c_str(), __FILE__, __LINE__);
    return started ? id.value() : std::string();
}

std::string EngineFixture::outputOf(
    const std::string& image, const std::vector<std::string>& words, const Json& settings)
{
    const auto ended = runToEnd(api(), image, words, settings);
    return ended ? ended.value().output.out + ended.value().output.err
                 : "failed: " + ended.error().message;
}

} // namespace portlight::test
