#pragma once

#include "engine/base/result.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace portlight::oci_cli {

/// An option of a command line: "--name", "--name VALUE", "--name=VALUE", "-n VALUE".
struct OptionName {
    std::string_view name; ///< without dashes
    char letter = '\0'; ///< '\0': no short form
    bool takesValue = false;
};

/// A command line taken apart.
struct Options {
    std::map<std::string, std::vector<std::string>, std::less<>> values; ///< by long name
    std::vector<std::string> words; ///< what is no option

    bool has(std::string_view name) const { return values.contains(name); }
    /// The last value given; @p fallback without one.
    std::string value(std::string_view name, std::string fallback = {}) const;
    std::vector<std::string> all(std::string_view name) const;
};

/// Takes @p arguments apart up to the first word that is no option (@p isGreedy: to the end, but
/// for what follows "--"). Errors: InvalidArgument naming the option.
Result<Options> parseOptions(
    std::span<const OptionName> known, std::span<const std::string> arguments, bool isGreedy);

/// @p text as a whole number. Errors: InvalidArgument naming @p what.
Result<std::int64_t> numberOption(const std::string& text, const std::string& what);

/// As numberOption, with the suffixes k, m, g, t (powers of 1024), as byte counts have them.
Result<std::int64_t> bytesOption(const std::string& text, const std::string& what);

} // namespace portlight::oci_cli
