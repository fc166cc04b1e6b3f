#pragma once

#include "cli/json.h"

#include <map>
#include <string>
#include <vector>

namespace portlight::cli {

/// Lines whose cells are set apart by tabs, in columns as docker's tables have them: at least ten
/// wide, three spaces between, the last cell as it is.
std::string aligned(const std::vector<std::string>& lines);

/// A list of rows as --format wants it: empty or "table" (@p standard, a table's template), "table
/// TEMPLATE", "json", or a template for each row. @p headers gives the title of each field.
Result<std::string> formattedList(const std::string& format, const std::string& standard,
    const std::map<std::string, std::string>& headers, const std::vector<Json>& rows);

} // namespace portlight::cli
