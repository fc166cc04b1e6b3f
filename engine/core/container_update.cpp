#include "engine/core/container_bundle.h"
#include "engine/core/container_service.h"
#include "engine/core/runtime_spec.h"
#include "engine/oci/runtime_config.h"

namespace portlight::core {

namespace {

/// What @p wanted leaves at 0 stays. Errors: docker's for what does not go together.
Result<void> mergeLimits(Resources& present, const Resources& wanted)
{
    const auto conflict = [](const char* text) { return makeError(Errc::InvalidArgument, text); };
    if (wanted.nanoCpus != 0 && (present.cpuQuotaUs != 0 || present.cpuPeriodUs != 0))
        return conflict("Conflicting options: Nano CPUs cannot be updated as CPU Period or CPU "
                        "Quota has already been set");
    if ((wanted.cpuQuotaUs != 0 || wanted.cpuPeriodUs != 0) && present.nanoCpus != 0)
        return conflict("Conflicting options: CPU Period or CPU Quota cannot be updated as "
                        "NanoCPUs has already been set");
    if (wanted.memoryBytes != 0 && wanted.memorySwapBytes == 0 && present.memorySwapBytes > 0
        && wanted.memoryBytes > present.memorySwapBytes)
        return conflict("Memory limit should be smaller than already set memoryswap limit, update "
                        "the memoryswap at the same time");
    const auto take = [](std::int64_t& value, std::int64_t other) {
        if (other != 0)
            value = other;
    };
    take(present.memoryBytes, wanted.memoryBytes);
    take(present.memorySwapBytes, wanted.memorySwapBytes);
    take(present.memoryReservationBytes, wanted.memoryReservationBytes);
    take(present.nanoCpus, wanted.nanoCpus);
    take(present.cpuShares, wanted.cpuShares);
    take(present.cpuQuotaUs, wanted.cpuQuotaUs);
    take(present.cpuPeriodUs, wanted.cpuPeriodUs);
    take(present.pidsLimit, wanted.pidsLimit);
    if (!wanted.cpusetCpus.empty())
        present.cpusetCpus = wanted.cpusetCpus;
    if (!wanted.cpusetMems.empty())
        present.cpusetMems = wanted.cpusetMems;
    return success();
}

Json liveLimitsJson(const HostConfig& host)
{
    Json json = resourcesJson(host, false);
    if (host.resources.pidsLimit < 0)
        json["pids"]["limit"] = -1; // a limit that was there is lifted
    return json;
}

Result<oci::Resources> liveLimits(const HostConfig& host)
{
    return oci::resourcesFromJson(liveLimitsJson(host));
}

} // namespace

Task<std::vector<std::string>> ContainerService::update(std::string reference, Json body)
{
    PL_CO_TRY(auto container, find(reference));
    co_return co_await shielded(
        m_parts.executor, updateLocked(std::move(container), std::move(body)));
}

Task<std::vector<std::string>> ContainerService::updateLocked(ContainerPtr container, Json body)
{
    PL_CO_TRY(const auto turn, co_await container->operation.lock());
    if (container->isRemoved || container->state.status == RunStatus::Removing)
        co_return makeError(
            Errc::Conflict, "container is marked for removal and cannot be \"update\"");
    std::vector<std::string> warnings;
    PL_CO_TRY(const auto wanted, hostConfigFromJson(body, m_parts.host.cpuCount, warnings));
    PL_CO_TRY(checkLimits(wanted.resources));
    HostConfig host = container->config.host;
    PL_CO_TRY(mergeLimits(host.resources, wanted.resources));
    PL_CO_TRY(const auto policy, jsonString(jsonMember(body, "RestartPolicy"), "Name"));
    if (!policy.empty()) {
        if (host.autoRemove)
            co_return makeError(Errc::InvalidArgument,
                "Restart policy cannot be updated because AutoRemove is enabled for the "
                "container");
        host.restartPolicy = wanted.restartPolicy;
        host.restartMaximum = wanted.restartMaximum;
    }
    if (const auto path = cgroupPathOf(*container); container->state.isRunning() && !path.empty()) {
        PL_CO_TRY(auto limits, liveLimits(host));
        if (isForeign(*container)) {
            auto text = dumpJson(liveLimitsJson(host));
            PL_CO_TRY(co_await askShim(container, runtime::FrameType::Update, std::move(text)));
        }
        // The same files in the same groups, so that what the other runtime leaves out is done.
        auto change = [this, path, limits = std::move(limits)] {
            return m_parts.cgroups.update(path, limits);
        };
        PL_CO_TRY(co_await offload(m_parts.pool, std::move(change)));
    }
    container->config.host = std::move(host);
    auto rewrite = [input = bundleInput(*container)] { return rewriteBundle(input); };
    PL_CO_TRY(co_await offload(m_parts.pool, std::move(rewrite)));
    PL_CO_TRY(co_await writeConfig(container));
    publish(*container, "update");
    co_return warnings;
}

} // namespace portlight::core
