#include "engine/core/container_names.h"

#include "engine/base/id.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace portlight::core {

namespace {

constexpr std::array<std::string_view, 64> kAdjectives { "amber", "ample", "bold", "brave",
    "bright", "brisk", "calm", "candid", "clear", "clever", "cosy", "curious", "daring", "deft",
    "eager", "early", "easy", "fair", "fearless", "fond", "frank", "fresh", "gentle", "glad",
    "golden", "grand", "happy", "hardy", "honest", "humble", "jolly", "keen", "kind", "light",
    "lively", "loyal", "lucid", "mellow", "merry", "mild", "modest", "neat", "nimble", "noble",
    "patient", "plain", "polite", "prompt", "proud", "quick", "quiet", "rapid", "ready", "silent",
    "smart", "snug", "spry", "steady", "sunny", "swift", "tidy", "vivid", "warm", "wise" };
constexpr std::array<std::string_view, 64> kNouns { "anchor", "barge", "bay", "beacon", "berth",
    "boom", "bosun", "bow", "breeze", "brig", "buoy", "cable", "canal", "capstan", "cargo",
    "channel", "clipper", "coast", "cog", "compass", "coral", "crane", "current", "cutter", "deck",
    "dinghy", "dock", "dory", "ferry", "fjord", "galley", "gull", "harbour", "haven", "helm",
    "hull", "island", "jetty", "keel", "ketch", "lagoon", "lantern", "lighter", "lighthouse",
    "mast", "mooring", "oar", "pier", "pilot", "quay", "reef", "rudder", "sail", "schooner",
    "sextant", "shoal", "skiff", "sloop", "spar", "strait", "tide", "tug", "wharf", "yawl" };

bool isNameLetter(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')
        || (letter >= '0' && letter <= '9');
}

std::size_t randomIndex(std::size_t count)
{
    const std::string digits = randomHex(8);
    unsigned long number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    return number % count;
}

} // namespace

std::string randomContainerName(int attempt)
{
    std::string name(kAdjectives[randomIndex(kAdjectives.size())]);
    name += '_';
    name += kNouns[randomIndex(kNouns.size())];
    if (attempt > 0)
        name += std::to_string(randomIndex(attempt < 8 ? 10 : 1'000'000));
    return name;
}

Result<std::string> checkedContainerName(std::string_view name)
{
    std::string_view rest = name;
    if (rest.starts_with('/'))
        rest.remove_prefix(1);
    const bool isValid = rest.size() > 1 && rest.size() <= 255 && isNameLetter(rest.front())
        && std::ranges::all_of(rest, [](char letter) {
               return isNameLetter(letter) || letter == '_' || letter == '.' || letter == '-';
           });
    if (!isValid)
        return makeError(Errc::InvalidArgument,
            "Invalid container name (" + std::string(name.substr(0, 255))
                + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
    return std::string(rest);
}

} // namespace portlight::core
