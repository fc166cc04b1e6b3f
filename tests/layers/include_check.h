#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace portlight::layers {

/// One `#include` that the tree's layering does not allow.
struct Violation {
    std::string file; ///< relative to the top of the tree
    int line = 0; ///< from 1
    std::string reason; ///< names both ends of the edge

    friend bool operator==(const Violation&, const Violation&) = default;
};

/// The row that @p path belongs to ("engine/image", "app/client/types"); empty where the table has
/// none. @p path is a file's path relative to the top of the tree.
std::string_view layerOf(std::string_view path);

/// Checks the text of one file of `engine/` or `app/`. What is wrong: an edge that the table lacks,
/// a directory that the table lacks, and a quoted include that does not start at the tree's top
/// (it would hide its layer). Generated Qt files ("x.moc", "ui_x.h") are left alone.
std::vector<Violation> checkFile(std::string_view path, std::string_view text);

/// Checks every .h, .cpp and .c below `engine/` and `app/` of the tree at @p top; @p scannedFiles
/// gets how many there were.
std::vector<Violation> checkTree(const std::string& top, int& scannedFiles);

} // namespace portlight::layers
