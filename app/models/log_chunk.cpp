#include "app/models/log_chunk.h"

#include <QDir>
#include <QFile>

#include <algorithm>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace portlight::models {

namespace {

/// An unnamed file of this user alone; -1 where the file system cannot give one.
int unnamedFile()
{
    QString folder = qEnvironmentVariable("XDG_CACHE_HOME");
    if (folder.isEmpty() || !QDir(folder).exists())
        folder = QDir::tempPath();
    return ::open(QFile::encodeName(folder).constData(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

bool writeAll(int file, const char* data, std::size_t size)
{
    while (size > 0) {
        const ssize_t count = ::write(file, data, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        data += count;
        size -= std::size_t(count);
    }
    return true;
}

} // namespace

LogChunk::~LogChunk()
{
    if (m_mapped != nullptr)
        ::munmap(m_mapped, std::size_t(m_size));
}

void LogChunk::append(QByteArrayView text, client::LogSource source, qint64 timeMs, quint16 origin)
{
    m_lines.push_back({ quint32(m_heap.size()), origin, source, timeMs });
    m_heap.insert(m_heap.end(), text.begin(), text.end());
    m_heap.push_back('\n');
    m_size = qsizetype(m_heap.size());
}

void LogChunk::seal()
{
    m_lines.shrink_to_fit();
    const int file = unnamedFile();
    if (file < 0)
        return;
    if (writeAll(file, m_heap.data(), m_heap.size())) {
        void* mapped = ::mmap(nullptr, m_heap.size(), PROT_READ, MAP_SHARED, file, 0);
        if (mapped != MAP_FAILED) {
            m_mapped = static_cast<char*>(mapped);
            m_heap = {};
        }
    }
    ::close(file);
}

QByteArrayView LogChunk::bytes() const
{
    return { m_mapped != nullptr ? m_mapped : m_heap.data(), m_size };
}

QByteArrayView LogChunk::text(qsizetype index) const
{
    const qsizetype begin = lineInfo(index).begin;
    const qsizetype next = index + 1 < lineCount() ? lineInfo(index + 1).begin : m_size;
    return bytes().sliced(begin, next - begin - 1);
}

qsizetype LogChunk::lineAt(quint32 offset) const
{
    const auto after =
        std::ranges::upper_bound(m_lines, offset, {}, [](const Line& line) { return line.begin; });
    return qsizetype(after - m_lines.begin()) - 1;
}

} // namespace portlight::models
