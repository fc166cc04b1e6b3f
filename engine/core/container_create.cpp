#include "engine/base/id.h"
#include "engine/base/syscalls.h"
#include "engine/base/timestamps.h"
#include "engine/core/container_names.h"
#include "engine/core/container_service.h"
#include "engine/core/privilege_warnings.h"
#include "engine/core/runtime_spec.h"

namespace portlight::core {

Result<std::string> ContainerService::reserveName(const std::string& wanted, const std::string& id)
{
    if (wanted.empty()) {
        for (int attempt = 0;; ++attempt) {
            std::string name = randomContainerName(attempt);
            if (m_names.emplace(name, id).second)
                return name;
        }
    }
    PL_TRY(auto name, checkedContainerName(wanted));
    const auto [at, isNew] = m_names.emplace(name, id);
    if (!isNew)
        return makeError(Errc::Conflict,
            "Conflict. The container name \"/" + name + "\" is already in use by container \""
                + at->second
                + "\". You have to remove (or rename) that container to be able to reuse that "
                  "name.");
    return name;
}

Result<void> ContainerService::checkLimits(const Resources& wanted) const
{
    const auto require = [this](const char* controller, const char* field) -> Result<void> {
        for (const auto& known : m_parts.cgroups.controllers()) {
            if (known.name != controller)
                continue;
            if (known.isAvailable)
                return success();
            return makeError(Errc::Unavailable,
                std::string("HostConfig.") + field + ": this host gives no " + controller
                    + " limits: " + known.cause + (known.fix.empty() ? "" : "; ") + known.fix);
        }
        return makeError(Errc::Unavailable,
            std::string("HostConfig.") + field + ": this host has no " + controller
                + " control group");
    };
    if (wanted.memoryBytes != 0 || wanted.memorySwapBytes != 0
        || wanted.memoryReservationBytes != 0) {
        PL_TRY(require("memory", "Memory"));
    }
    if (wanted.nanoCpus != 0 || wanted.cpuShares != 0 || wanted.cpuQuotaUs > 0
        || wanted.cpuPeriodUs != 0) {
        PL_TRY(require("cpu", "NanoCpus"));
    }
    if (!wanted.cpusetCpus.empty() || !wanted.cpusetMems.empty()) {
        PL_TRY(require("cpuset", "CpusetCpus"));
    }
    if (wanted.pidsLimit > 0) {
        PL_TRY(require("pids", "PidsLimit"));
    }
    return success();
}

BundleInput ContainerService::bundleInput(const Container& container) const
{
    BundleInput input;
    input.id = container.id;
    input.bundle = bundleOf(container);
    input.config = container.config;
    input.cgroupsPath = cgroupPathOf(container);
    input.cgroupRoot = m_parts.host.cgroupRoot;
    // One that has gone since is missed when the container is started.
    if (auto runtime = m_parts.runtimes.find(container.config.host.runtime))
        input.runtime = std::move(runtime).value();
    input.isRootless = m_parts.host.isRootless;
    input.controlsDevices = !input.isRootless && m_parts.cgroups.has("devices");
    return input;
}

Task<CreatedContainer> ContainerService::create(Json body, std::string name)
{
    std::vector<std::string> warnings;
    PL_CO_TRY(auto config, containerConfigFromJson(body, m_parts.host.cpuCount, warnings));
    PL_CO_TRY(checkLimits(config.host.resources));
    PL_CO_TRY(effectiveCapabilities(config.host));
    PL_CO_TRY(const auto runtime, m_parts.runtimes.find(config.host.runtime));
    config.host.runtime = runtime.name;
    for (auto& warning : privilegeWarnings(config.host, m_parts.host.isRootless))
        warnings.push_back(std::move(warning));
    if (const auto& mode = config.host.networkMode; mode.starts_with("container:")) {
        if (!config.hostname.empty())
            co_return makeError(
                Errc::InvalidArgument, "conflicting options: hostname and the network mode");
        PL_CO_TRY(const auto other, find(mode.substr(mode.find(':') + 1)));
        config.host.networkMode = "container:" + other->id;
    }
    std::string id = newId();
    PL_CO_TRY(auto reserved, reserveName(name, id));
    auto work = createReserved(std::move(config), reserved, id, std::move(warnings));
    auto created = co_await shielded(m_parts.executor, std::move(work));
    if (!created)
        m_names.erase(reserved);
    co_return created;
}

Task<CreatedContainer> ContainerService::createReserved(
    ContainerConfig config, std::string name, std::string id, std::vector<std::string> warnings)
{
    auto resolve = [this, reference = config.image] { return m_parts.images.resolve(reference); };
    PL_CO_TRY(const auto image, co_await offload(m_parts.pool, std::move(resolve)));
    PL_CO_TRY(mergeImageConfig(config, image.config.run));
    if (config.hostname.empty())
        config.hostname = std::string(shortId(id));
    PL_CO_TRY(co_await provideVolumes(config, m_parts.images.lowerDirs(image)));

    const auto container = std::make_shared<Container>(m_parts.executor);
    container->id = id;
    container->name = std::move(name);
    container->imageId = image.id;
    container->createdAtNs = wallClockNs();
    container->config = std::move(config);

    auto write = [this, input = bundleInput(*container), image,
                     row = toRow(*container)]() mutable -> Result<void> {
        const HostConfig& host = input.config.host;
        input.lowerDirs = m_parts.images.lowerDirs(image);
        // Other runtimes compile what their config.json says.
        if (!host.isPrivileged && !host.isSeccompUnconfined && input.runtime.path.empty()) {
            PL_TRY(const auto capabilities, effectiveCapabilities(host));
            PL_TRY(input.seccompBpf, m_seccomp.pathFor(capabilities));
        }
        auto written = writeBundle(input);
        if (written)
            written = m_table.insert(row);
        if (!written)
            static_cast<void>(removeTree(input.bundle).has_value());
        return written;
    };
    if (auto written = co_await offload(m_parts.pool, std::move(write)); !written) {
        co_await removeAnonymousVolumes(container->config);
        co_return std::move(written).error();
    }
    m_containers.emplace(id, container);
    publish(*container, "create");
    co_return CreatedContainer { id, std::move(warnings) };
}

} // namespace portlight::core
