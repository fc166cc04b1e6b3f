#include "cli/text/template.h"

#include "cli/text/template_nodes.h"

namespace portlight::cli {

namespace {

using namespace detail;

/// Walks a parsed template over one value.
class Walk {
public:
    explicit Walk(const Json& root) { m_variables.emplace_back("", root); }

    Result<void> block(const Block& block, const Json& dot)
    {
        const std::size_t outer = m_variables.size();
        for (const Node& node : block.nodes) {
            PL_TRY(walkNode(node, dot));
        }
        m_variables.resize(outer);
        return success();
    }

    std::string take() { return std::move(m_out); }

private:
    Result<void> walkNode(const Node& node, const Json& dot)
    {
        if (node.kind == Node::Kind::Text) {
            m_out += node.text;
            return success();
        }
        const std::size_t outer = m_variables.size();
        PL_TRY(const Value value, evaluate(node.pipeline, dot));
        if (node.kind == Node::Kind::Print) {
            if (!node.pipeline.declared.empty()) {
                declare(node.pipeline.declared.front(), value.json);
                return success();
            }
            if (!value.missing.empty())
                return templateError("map has no entry for key \"" + value.missing + '"');
            m_out += shown(value.json);
            return success();
        }
        if (node.kind == Node::Kind::Range) {
            PL_TRY(range(node, value, dot));
        } else {
            if (!node.pipeline.declared.empty())
                declare(node.pipeline.declared.front(), value.json);
            const auto& chosen = isTrue(value) ? node.body : node.otherwise;
            if (chosen) {
                PL_TRY(block(
                    *chosen, isTrue(value) && node.kind == Node::Kind::With ? value.json : dot));
            }
        }
        m_variables.resize(outer);
        return success();
    }

    Result<void> range(const Node& node, const Value& value, const Json& dot)
    {
        const bool isEmpty = !value.json.is_structured() || value.json.empty();
        if (isEmpty)
            return node.otherwise ? block(*node.otherwise, dot) : Result<void>(success());
        const auto& names = node.pipeline.declared;
        std::int64_t position = 0;
        for (const auto& [key, item] : value.json.items()) {
            const std::size_t outer = m_variables.size();
            const Json index = value.json.is_array() ? Json(position) : Json(key);
            ++position;
            if (names.size() == 2)
                declare(names[0], index);
            if (!names.empty())
                declare(names.back(), item);
            PL_TRY(block(*node.body, item));
            m_variables.resize(outer);
        }
        return success();
    }

    void declare(const std::string& name, const Json& value)
    {
        m_variables.emplace_back(name, value);
    }

    Result<Value> evaluate(const Pipeline& pipeline, const Json& dot)
    {
        std::optional<Value> last;
        for (const Command& command : pipeline.commands) {
            PL_TRY(Value value, evaluate(command, dot, last));
            last = std::move(value);
        }
        return std::move(*last);
    }

    Result<Value> evaluate(
        const Command& command, const Json& dot, const std::optional<Value>& piped)
    {
        const Operand& first = command.words.front();
        if (first.kind != Operand::Kind::Function) {
            if (command.words.size() > 1 || piped)
                return templateError("can't give argument to non-function");
            return evaluate(first, dot);
        }
        std::vector<Value> arguments;
        for (std::size_t at = 1; at < command.words.size(); ++at) {
            PL_TRY(Value value, evaluate(command.words[at], dot));
            arguments.push_back(std::move(value));
        }
        if (piped)
            arguments.push_back(*piped);
        return callFunction(first.name, arguments);
    }

    Result<Value> evaluate(const Operand& operand, const Json& dot)
    {
        Value value;
        switch (operand.kind) {
        case Operand::Kind::Constant:
            return Value { operand.constant, {} };
        case Operand::Kind::Dot:
            value.json = dot;
            break;
        case Operand::Kind::Function:
            return callFunction(operand.name, {});
        case Operand::Kind::Nested: {
            PL_TRY(value, evaluate(*operand.nested, dot));
            break;
        }
        case Operand::Kind::Variable: {
            PL_TRY(value.json, variable(operand.name));
            break;
        }
        }
        for (const std::string& field : operand.fields) {
            if (value.json.is_null() && !value.missing.empty())
                return templateError("map has no entry for key \"" + value.missing + '"');
            if (!value.json.is_object() && !value.json.is_null())
                return templateError("can't evaluate field " + field);
            const bool isThere = value.json.is_object() && value.json.contains(field);
            Json next = isThere ? Json(value.json[field]) : Json();
            value = { std::move(next), isThere ? std::string() : field };
        }
        return value;
    }

    Result<Json> variable(const std::string& name) const
    {
        for (auto at = m_variables.rbegin(); at != m_variables.rend(); ++at)
            if (at->first == name)
                return at->second;
        return templateError("undefined variable \"$" + name + '"');
    }

    std::vector<std::pair<std::string, Json>> m_variables {}; ///< the innermost last
    std::string m_out {};
};

} // namespace

Result<Template> Template::parse(const std::string& source)
{
    Template made;
    PL_TRY(made.m_block, parseTemplate(source));
    return made;
}

Result<std::string> Template::render(const Json& data) const
{
    Walk walk(data);
    PL_TRY(walk.block(*m_block, data));
    return walk.take();
}

} // namespace portlight::cli
