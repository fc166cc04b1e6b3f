#pragma once

#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace portlight::runtime {

/// Bit n is capability n of capabilities(7).
using CapabilityMask = std::uint64_t;

/// The five sets as masks. A name this kernel or build does not know is left out, as the spec asks.
struct CapabilityMasks {
    CapabilityMask bounding = 0;
    CapabilityMask effective = 0;
    CapabilityMask permitted = 0;
    CapabilityMask inheritable = 0;
    CapabilityMask ambient = 0;
};
CapabilityMasks capabilityMasks(const oci::CapabilitySets& sets);

/// The number of "CAP_CHOWN"; nullopt for an unknown name.
std::optional<int> capabilityNumber(const std::string& name);
/// All names, in the order of their numbers.
std::vector<std::string> capabilityNames();

/// Drops everything outside @p mask from the bounding set; needs CAP_SETPCAP.
Result<void> limitBoundingSet(CapabilityMask mask);

/// Sets effective, permitted and inheritable (as far as this process may) and the ambient set.
Result<void> applyCapabilities(const CapabilityMasks& masks);

} // namespace portlight::runtime
