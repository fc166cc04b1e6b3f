#pragma once

#include <string>
#include <string_view>

namespace portlight {

/// 64 lower-case hex digits from getrandom(2), never all decimal in the first 12 (such an id could
/// be taken for a number by clients that show 12).
std::string newId();
/// The 12 digits that people see.
std::string_view shortId(std::string_view id);
/// @p count random hex digits for temporary names.
std::string randomHex(std::size_t count);

} // namespace portlight
