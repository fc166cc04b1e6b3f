#include "cli/text/template_nodes.h"

#include <cctype>
#include <charconv>
#include <cstring>

namespace portlight::cli::detail {

namespace {

constexpr int kMaxDepth = 50;

std::string unescaped(std::string_view text)
{
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\' || at + 1 == text.size()) {
            out += text[at];
            continue;
        }
        const char c = text[++at];
        out += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    }
    return out;
}

/// The words of one action: {{ … }} without its braces.
class ActionParser {
public:
    explicit ActionParser(std::string_view text)
        : m_text(text)
    {
    }

    Result<Pipeline> pipeline(int depth = 0)
    {
        Pipeline made;
        PL_TRY(takeDeclarations(made));
        for (;;) {
            PL_TRY(Command command, takeCommand(depth));
            made.commands.push_back(std::move(command));
            skipSpace();
            if (!take('|'))
                return made;
        }
    }

    std::string word()
    {
        skipSpace();
        const std::size_t start = m_at;
        while (m_at < m_text.size()
            && (std::isalnum(static_cast<unsigned char>(m_text[m_at])) != 0 || m_text[m_at] == '_'))
            ++m_at;
        return std::string(m_text.substr(start, m_at - start));
    }

    bool isAtEnd()
    {
        skipSpace();
        return m_at == m_text.size();
    }
    void rewind(std::size_t at) { m_at = at; }
    std::size_t at() const { return m_at; }

private:
    void skipSpace()
    {
        while (m_at < m_text.size() && std::isspace(static_cast<unsigned char>(m_text[m_at])) != 0)
            ++m_at;
    }
    bool take(char c)
    {
        if (m_at >= m_text.size() || m_text[m_at] != c)
            return false;
        ++m_at;
        return true;
    }

    Result<void> takeDeclarations(Pipeline& made)
    {
        const std::size_t start = m_at;
        std::vector<std::string> names;
        for (skipSpace(); take('$'); skipSpace()) {
            names.push_back(word());
            skipSpace();
            if (!take(','))
                break;
        }
        skipSpace();
        const bool isDeclared = !names.empty()
            && (m_text.substr(m_at).starts_with(":=") || m_text.substr(m_at, 1) == "=");
        if (!isDeclared) {
            m_at = start;
            return success();
        }
        m_at += m_text[m_at] == ':' ? 2 : 1;
        made.declared = std::move(names);
        return success();
    }

    Result<Command> takeCommand(int depth)
    {
        Command command;
        for (;;) {
            skipSpace();
            if (m_at == m_text.size() || m_text[m_at] == '|' || m_text[m_at] == ')')
                break;
            PL_TRY(Operand operand, takeOperand(depth));
            command.words.push_back(std::move(operand));
        }
        if (command.words.empty())
            return templateError("missing value for command");
        return command;
    }

    void takeFields(Operand& operand)
    {
        while (take('.')) {
            std::string field = word();
            if (!field.empty())
                operand.fields.push_back(std::move(field));
        }
    }

    Result<Operand> takeOperand(int depth)
    {
        Operand operand;
        const char c = m_text[m_at];
        if (c == '"' || c == '`' || c == '\'')
            return takeQuoted(c);
        if (c == '(')
            return takeNested(depth);
        if (c == '.') {
            takeFields(operand);
            return operand;
        }
        if (take('$')) {
            operand.kind = Operand::Kind::Variable;
            operand.name = word();
            takeFields(operand);
            return operand;
        }
        if (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '+')
            return takeNumber();
        operand.name = word();
        if (operand.name.empty())
            return templateError(std::string("unexpected '") + c + "' in action");
        if (operand.name == "true" || operand.name == "false" || operand.name == "nil") {
            operand.kind = Operand::Kind::Constant;
            operand.constant = operand.name == "nil" ? Json() : Json(operand.name == "true");
            return operand;
        }
        if (!isFunction(operand.name))
            return templateError("function \"" + operand.name + "\" not defined");
        operand.kind = Operand::Kind::Function;
        return operand;
    }

    Result<Operand> takeNested(int depth)
    {
        if (depth > kMaxDepth)
            return templateError("nested too deeply");
        ++m_at;
        PL_TRY(Pipeline inner, pipeline(depth + 1));
        skipSpace();
        if (!take(')'))
            return templateError("unclosed left paren");
        Operand operand;
        operand.kind = Operand::Kind::Nested;
        operand.nested = std::make_shared<Pipeline>(std::move(inner));
        takeFields(operand);
        return operand;
    }

    Result<Operand> takeQuoted(char quote)
    {
        std::size_t end = m_at + 1;
        while (end < m_text.size() && m_text[end] != quote)
            end += quote != '`' && m_text[end] == '\\' ? 2 : 1;
        if (end >= m_text.size())
            return templateError("unterminated quoted string");
        const std::string_view inside = m_text.substr(m_at + 1, end - m_at - 1);
        m_at = end + 1;
        Operand operand;
        operand.kind = Operand::Kind::Constant;
        operand.constant = quote == '`' ? std::string(inside) : unescaped(inside);
        return operand;
    }

    Result<Operand> takeNumber()
    {
        const std::size_t start = m_text[m_at] == '+' ? m_at + 1 : m_at;
        double parsed = 0;
        const auto end =
            std::from_chars(m_text.data() + start, m_text.data() + m_text.size(), parsed);
        if (end.ec != std::errc {})
            return templateError("bad number syntax");
        const std::string_view digits(m_text.data() + start, end.ptr);
        m_at = static_cast<std::size_t>(end.ptr - m_text.data());
        Operand operand;
        operand.kind = Operand::Kind::Constant;
        if (digits.find_first_of(".eE") == std::string_view::npos)
            operand.constant = static_cast<std::int64_t>(parsed);
        else
            operand.constant = parsed;
        return operand;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

/// The template as texts and actions in turn.
class BlockParser {
public:
    explicit BlockParser(const std::string& source)
        : m_source(source)
    {
    }

    /// Up to `end` or `else` (in @p closing), or to the end of the source at the top.
    Result<Block> block(std::string& closing, int depth)
    {
        if (depth > kMaxDepth)
            return templateError("nested too deeply");
        Block made;
        for (;;) {
            const std::size_t open = m_source.find("{{", m_at);
            addText(made, m_source.substr(m_at, open - m_at));
            if (open == std::string::npos) {
                m_at = m_source.size();
                closing.clear();
                return made;
            }
            m_at = open + 2;
            PL_TRY(const std::string action, takeAction(made));
            ActionParser words(action);
            const std::string keyword = words.word();
            if (keyword == "end" || keyword == "else") {
                closing = action;
                return made;
            }
            PL_TRY(addAction(made, keyword, words, depth));
        }
    }

private:
    void addText(Block& made, std::string text)
    {
        if (std::exchange(m_trimsNext, false))
            text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
        if (text.empty())
            return;
        Node node;
        node.text = std::move(text);
        made.nodes.push_back(std::move(node));
    }

    /// Up to the braces that close it; {{- and -}} take the white space outside of them.
    Result<std::string> takeAction(Block& made)
    {
        char quote = 0;
        std::size_t at = m_at;
        for (; at < m_source.size(); ++at) {
            const char c = m_source[at];
            if (quote == 0 && m_source.compare(at, 2, "}}") == 0)
                break;
            if (quote != 0 && quote != '`' && c == '\\')
                ++at;
            else if (quote != 0)
                quote = c == quote ? char(0) : quote;
            else if (c == '"' || c == '`')
                quote = c;
        }
        if (at >= m_source.size())
            return templateError("unclosed action");
        std::string action = m_source.substr(m_at, at - m_at);
        m_at = at + 2;
        if (action.starts_with("- ")) {
            action.erase(0, 2);
            if (!made.nodes.empty() && made.nodes.back().kind == Node::Kind::Text) {
                std::string& before = made.nodes.back().text;
                before.erase(before.find_last_not_of(" \t\r\n") + 1);
            }
        }
        if (action.ends_with(" -")) {
            action.erase(action.size() - 2);
            m_trimsNext = true;
        }
        return action;
    }

    Result<void> addAction(Block& made, const std::string& keyword, ActionParser& words, int depth)
    {
        Node node;
        if (keyword == "if")
            node.kind = Node::Kind::If;
        else if (keyword == "with")
            node.kind = Node::Kind::With;
        else if (keyword == "range")
            node.kind = Node::Kind::Range;
        else {
            words.rewind(0);
            node.kind = Node::Kind::Print;
        }
        PL_TRY(node.pipeline, words.pipeline());
        if (!words.isAtEnd())
            return templateError("unexpected text in action");
        if (node.kind != Node::Kind::Print) {
            PL_TRY(takeBodies(node, depth));
        }
        made.nodes.push_back(std::move(node));
        return success();
    }

    Result<void> takeBodies(Node& node, int depth)
    {
        std::string closing;
        PL_TRY(Block body, block(closing, depth + 1));
        node.body = std::make_shared<Block>(std::move(body));
        ActionParser words(closing);
        const std::string keyword = words.word();
        if (keyword.empty())
            return templateError("unexpected EOF: an end is missing");
        if (keyword == "end")
            return success();
        if (words.isAtEnd()) {
            PL_TRY(Block other, block(closing, depth + 1));
            if (closing.empty())
                return templateError("unexpected EOF: an end is missing");
            node.otherwise = std::make_shared<Block>(std::move(other));
            return success();
        }
        // "else if": a block that holds nothing but the second condition.
        Block other;
        const std::string second = words.word();
        if (second != "if" && second != "with")
            return templateError("unexpected '" + second + "' after else");
        Node inner;
        inner.kind = second == "if" ? Node::Kind::If : Node::Kind::With;
        PL_TRY(inner.pipeline, words.pipeline());
        PL_TRY(takeBodies(inner, depth + 1));
        other.nodes.push_back(std::move(inner));
        node.otherwise = std::make_shared<Block>(std::move(other));
        return success();
    }

    const std::string& m_source;
    std::size_t m_at = 0;
    bool m_trimsNext = false;
};

} // namespace

Error templateError(const std::string& what)
{
    return makeError(Errc::InvalidArgument, "template parsing error: " + what);
}

Result<std::shared_ptr<const Block>> parseTemplate(const std::string& source)
{
    BlockParser parser(source);
    std::string closing;
    PL_TRY(Block block, parser.block(closing, 0));
    if (!closing.empty())
        return templateError("unexpected {{" + closing + "}}");
    return std::shared_ptr<const Block>(std::make_shared<Block>(std::move(block)));
}

} // namespace portlight::cli::detail
