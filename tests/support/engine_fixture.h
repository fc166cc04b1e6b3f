#pragma once

#include "engine/base/json.h"
#include "tests/support/containers.h"
#include "tests/support/engine_process.h"

#include <QObject>
#include <QTemporaryDir>

#include <memory>
#include <string>
#include <vector>

namespace portlight::test {

/// Base of flows that run on one engine for each row of addRunAsRows(), on a host network of its
/// own. What fails here fails the test function that runs.
class EngineFixture : public QObject {
protected:
    /// In init(): the engine of the row "runAs", a new one where the last was another's. @p prepare
    /// loads the images into a new one. Skips (on CI fails) where the account is missing.
    void provideEngine(const std::function<void()>& prepare);
    /// In cleanup(): no container, volume and network of a test's is left.
    void removeObjects();
    void removeEngine() { m_engine.reset(); }

    Api api() const { return m_engine->api(); }
    EngineProcess& engine() const { return *m_engine; }
    bool hasEngine() const { return m_engine != nullptr; }
    /// A file of the test's, gone with the engine.
    std::string filePath(const char* name) const
    {
        return m_files->filePath(QString::fromLatin1(name)).toStdString();
    }

    /// The id of a running container; empty where the test function has failed by it.
    std::string runContainer(const std::string& image, const std::vector<std::string>& words,
        const Json& settings = Json::object(), const std::string& name = {});
    /// What a container wrote until its end, or "failed: " and why.
    std::string outputOf(const std::string& image, const std::vector<std::string>& words,
        const Json& settings = Json::object());

private:
    std::unique_ptr<QTemporaryDir> m_files;
    std::unique_ptr<EngineProcess> m_engine;
    RunAs m_runAs = RunAs::Current;
};

} // namespace portlight::test
