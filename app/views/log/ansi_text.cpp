#include "app/views/log/ansi_text.h"

#include <QStringDecoder>

namespace portlight::views {

namespace {

constexpr qsizetype kMaxBytes = 64 * 1024;

class Parser {
public:
    explicit Parser(QString decoded)
        : m_in(std::move(decoded))
    {
    }

    AnsiText run()
    {
        for (m_at = 0; m_at < m_in.size();) {
            const QChar c = m_in.at(m_at);
            if (c == QLatin1Char('\x1b')) {
                skipEscape();
                continue;
            }
            ++m_at;
            if (c >= QLatin1Char(' ') || c == QLatin1Char('\t'))
                m_out.text.append(c);
        }
        closeRun();
        return std::move(m_out);
    }

private:
    void skipEscape()
    {
        ++m_at;
        if (m_at >= m_in.size())
            return;
        const QChar kind = m_in.at(m_at);
        if (kind == QLatin1Char(']')) { // title and links: to BEL or ESC backslash
            while (m_at < m_in.size() && m_in.at(m_at) != QLatin1Char('\x07')
                && m_in.at(m_at) != QLatin1Char('\x1b'))
                ++m_at;
            if (m_at < m_in.size())
                m_at += m_in.at(m_at) == QLatin1Char('\x1b') ? 2 : 1;
            return;
        }
        if (kind != QLatin1Char('[')) {
            ++m_at;
            return;
        }
        const qsizetype begin = ++m_at;
        while (m_at < m_in.size()
            && (m_in.at(m_at).unicode() < 0x40 || m_in.at(m_at).unicode() > 0x7e))
            ++m_at;
        if (m_at < m_in.size() && m_in.at(m_at) == QLatin1Char('m'))
            applyColours(m_in.mid(begin, m_at - begin));
        ++m_at;
    }

    void applyColours(const QString& parameters)
    {
        closeRun();
        const QStringList numbers = parameters.split(QLatin1Char(';'));
        for (qsizetype at = 0; at < numbers.size(); ++at) {
            const int number = numbers.at(at).toInt(); // "" is 0: reset
            if (number == 38 || number == 48) {
                at += numbers.value(at + 1).toInt() == 5 ? 2 : 4;
                continue;
            }
            apply(number);
        }
        m_current.start = int(m_out.text.size());
    }

    void apply(int number)
    {
        if (number == 0)
            m_current = {};
        else if (number == 1 || number == 22)
            m_current.isBold = number == 1;
        else if (number >= 30 && number <= 37)
            m_current.foreground = number - 30;
        else if (number == 39)
            m_current.foreground = -1;
        else if (number >= 40 && number <= 47)
            m_current.background = number - 40;
        else if (number == 49)
            m_current.background = -1;
        else if (number >= 90 && number <= 97)
            m_current.foreground = number - 90 + 8;
        else if (number >= 100 && number <= 107)
            m_current.background = number - 100 + 8;
    }

    void closeRun()
    {
        m_current.length = int(m_out.text.size()) - m_current.start;
        const bool differs =
            m_current.foreground >= 0 || m_current.background >= 0 || m_current.isBold;
        if (differs && m_current.length > 0)
            m_out.runs.append(m_current);
    }

    QString m_in;
    qsizetype m_at = 0;
    AnsiText m_out;
    AnsiText::Run m_current;
};

} // namespace

AnsiText parseAnsi(QByteArrayView line)
{
    const bool isCut = line.size() > kMaxBytes;
    QStringDecoder decoder(QStringDecoder::Utf8);
    QString decoded = decoder.decode(isCut ? line.first(kMaxBytes) : line);
    if (isCut)
        decoded.append(QChar(0x2026));
    return Parser(std::move(decoded)).run();
}

} // namespace portlight::views
