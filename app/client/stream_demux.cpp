#include "app/client/stream_demux.h"

#include <QtEndian>

#include <algorithm>
#include <cstring>

namespace portlight::client {

bool StreamDemux::readHeader()
{
    const auto kind = static_cast<unsigned char>(m_header[0]);
    // 0 is stdin echoed, which belongs to what a reader of stdout sees; more than 2 are errors.
    if (kind > 2 || m_header[1] != 0 || m_header[2] != 0 || m_header[3] != 0)
        return false;
    m_source = kind == 2 ? LogSource::Stderr : LogSource::Stdout;
    m_left = qFromBigEndian<quint32>(m_header + 4);
    m_headerSize = 0;
    return true;
}

bool StreamDemux::feed(QByteArrayView bytes, QList<LogFrame>& frames)
{
    while (!m_isBroken && !bytes.isEmpty()) {
        if (m_left == 0) {
            const qsizetype count = std::min<qsizetype>(kHeaderSize - m_headerSize, bytes.size());
            std::memcpy(m_header + m_headerSize, bytes.data(), std::size_t(count));
            m_headerSize += int(count);
            bytes = bytes.sliced(count);
            if (m_headerSize == kHeaderSize)
                m_isBroken = !readHeader();
            continue;
        }
        const qsizetype count = std::min<qsizetype>(m_left, bytes.size());
        frames.append({ m_source, bytes.first(count).toByteArray() });
        m_left -= quint32(count);
        bytes = bytes.sliced(count);
    }
    return !m_isBroken;
}

bool LineSplitter::feed(QByteArrayView bytes, QList<QByteArray>& lines)
{
    while (!bytes.isEmpty()) {
        const qsizetype end = bytes.indexOf('\n');
        const QByteArrayView part = end < 0 ? bytes : bytes.first(end);
        if (m_pending.size() + part.size() > kLongestLine)
            return false;
        m_pending.append(part.data(), part.size());
        if (end < 0)
            break;
        bytes = bytes.sliced(end + 1);
        if (QByteArray line = std::exchange(m_pending, {}).trimmed(); !line.isEmpty())
            lines.append(std::move(line));
    }
    return true;
}

QByteArray LineSplitter::takeRest()
{
    return std::exchange(m_pending, {}).trimmed();
}

} // namespace portlight::client
