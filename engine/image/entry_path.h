#pragma once

#include "engine/base/result.h"

#include <string>
#include <string_view>

namespace portlight::image {

/// An archive entry's name as a path below the layer's root: no leading, trailing or double
/// slashes, no ".". Empty is the root itself. Errors (InvalidArgument): "..", a component over 255
/// bytes, a path over 4095 bytes or 256 components.
Result<std::string> entryPath(std::string_view name);

/// The last component and what is before it ("" at the top).
struct SplitPath {
    std::string parent;
    std::string name;
};
SplitPath splitPath(const std::string& path);

/// A name for messages: control characters as \xNN, cut at 200 bytes.
std::string shownName(std::string_view name);

} // namespace portlight::image
