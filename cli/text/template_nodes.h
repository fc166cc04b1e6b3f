#pragma once

#include "cli/json.h"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// A parsed template, and what of it is evaluated in which file: template_parse.cpp makes it,
/// template.cpp walks it, template_functions.cpp has the functions.
namespace portlight::cli::detail {

struct Pipeline;

/// One word of a command: a constant, a field of something, or a pipeline in brackets.
struct Operand {
    enum class Kind { Constant, Dot, Variable, Function, Nested };
    Kind kind = Kind::Dot;
    Json constant {};
    std::string name {}; ///< of a variable or function
    std::vector<std::string> fields {}; ///< .A.B after it
    std::shared_ptr<const Pipeline> nested {};
};

struct Command {
    std::vector<Operand> words {};
};

struct Pipeline {
    std::vector<std::string> declared {}; ///< $x := …, or $i, $x := … of a range
    std::vector<Command> commands {};
};

struct Block;

struct Node {
    enum class Kind { Text, Print, If, With, Range };
    Kind kind = Kind::Text;
    std::string text {};
    Pipeline pipeline {};
    std::shared_ptr<const Block> body {};
    std::shared_ptr<const Block> otherwise {};
};

struct Block {
    std::vector<Node> nodes {};
};

/// What an expression gives; `missing` names a field that is not there, which counts as false and
/// cannot be printed.
struct Value {
    Json json {};
    std::string missing {};
};

Result<std::shared_ptr<const Block>> parseTemplate(const std::string& source);
Error templateError(const std::string& what);

bool isTrue(const Value& value);
/// As fmt.Print shows it: lists in [], maps as map[k:v].
std::string shown(const Json& value);
bool isFunction(const std::string& name);
Result<Value> callFunction(const std::string& name, const std::vector<Value>& arguments);

} // namespace portlight::cli::detail
