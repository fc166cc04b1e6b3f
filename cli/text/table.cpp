#include "cli/text/table.h"

#include "cli/text/human.h"
#include "cli/text/template.h"

#include <algorithm>

namespace portlight::cli {

namespace {

constexpr std::size_t kMinimumWidth = 10;
constexpr std::size_t kGap = 3;

std::size_t widthOf(const std::string& text)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// "\t" and "\n" as a shell's single quotes leave them.
std::string unescaped(std::string text)
{
    for (const auto& [from, to] : { std::pair { "\\t", "\t" }, std::pair { "\\n", "\n" } })
        for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; ++at)
            text.replace(at, 2, to);
    return text;
}

} // namespace

std::string aligned(const std::vector<std::string>& lines)
{
    std::vector<std::vector<std::string>> cells;
    std::vector<std::size_t> widths;
    for (const std::string& line : lines) {
        cells.push_back(split(line, '\t'));
        for (std::size_t at = 0; at + 1 < cells.back().size(); ++at) {
            widths.resize(std::max(widths.size(), at + 1), kMinimumWidth);
            widths[at] = std::max(widths[at], widthOf(cells.back()[at]) + kGap);
        }
    }
    std::string out;
    for (const auto& row : cells) {
        for (std::size_t at = 0; at < row.size(); ++at) {
            out += row[at];
            if (at + 1 < row.size())
                out += std::string(widths[at] - widthOf(row[at]), ' ');
        }
        out += '\n';
    }
    return out;
}

Result<std::string> formattedList(const std::string& format, const std::string& standard,
    const std::map<std::string, std::string>& headers, const std::vector<Json>& rows)
{
    std::string out;
    if (format == "json" || format == "{{json .}}" || format == "{{ json . }}") {
        for (const Json& row : rows)
            out += nlohmann::json(row).dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
        return out;
    }
    const bool isTable = format.empty() || format == "table" || format.starts_with("table ");
    const std::string source = unescaped(format.starts_with("table ") ? format.substr(6)
            : isTable                                                 ? standard
                                                                      : format);
    PL_TRY(const Template shape, Template::parse(source));
    std::vector<std::string> lines;
    if (isTable) {
        Json titles = Json::object();
        for (const auto& [field, title] : headers)
            titles[field] = title;
        PL_TRY(std::string line, shape.render(titles));
        lines.push_back(std::move(line));
    }
    for (const Json& row : rows) {
        PL_TRY(std::string line, shape.render(row));
        lines.push_back(std::move(line));
    }
    if (isTable)
        return aligned(lines);
    for (const std::string& line : lines)
        out += line + '\n';
    return out;
}

} // namespace portlight::cli
