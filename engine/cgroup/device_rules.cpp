#include "engine/cgroup/device_rules.h"

namespace portlight::cgroup {

namespace {

std::string numberText(std::int64_t number)
{
    return number < 0 ? "*" : std::to_string(number);
}

} // namespace

std::string deviceRuleText(const oci::DeviceRule& rule)
{
    return std::string(1, rule.type) + " " + numberText(rule.major) + ":" + numberText(rule.minor)
        + " " + rule.access;
}

std::vector<oci::DeviceRule> withDefaultDevices(std::vector<oci::DeviceRule> rules)
{
    static const oci::DeviceRule kDefaults[] {
        { true, 'c', -1, -1, "m" },
        { true, 'b', -1, -1, "m" },
        { true, 'c', 1, 3, "rwm" },
        { true, 'c', 1, 5, "rwm" },
        { true, 'c', 1, 7, "rwm" },
        { true, 'c', 1, 8, "rwm" },
        { true, 'c', 1, 9, "rwm" },
        { true, 'c', 5, 0, "rwm" },
        { true, 'c', 5, 2, "rwm" },
        { true, 'c', 136, -1, "rwm" },
    };
    if (!rules.empty())
        rules.insert(rules.end(), std::begin(kDefaults), std::end(kDefaults));
    return rules;
}

} // namespace portlight::cgroup
