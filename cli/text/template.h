#pragma once

#include "cli/json.h"

#include <memory>
#include <string>

namespace portlight::cli {

namespace detail {
struct Block;
}

/// The part of Go's text/template that --format is used with: fields, variables, pipelines, if,
/// with, range (over lists and maps, with else), and the functions json, join, split, lower, upper,
/// title, truncate, println, print, printf, len, index, slice, eq, ne, lt, le, gt, ge, and, or,
/// not. Go documentation, text/template.
class Template {
public:
    /// Errors: InvalidArgument "template parsing error: …".
    static Result<Template> parse(const std::string& source);
    /// Errors: InvalidArgument where a field that @p data lacks is printed, or a function is given
    /// what it cannot take.
    Result<std::string> render(const Json& data) const;

private:
    std::shared_ptr<const detail::Block> m_block {};
};

} // namespace portlight::cli
