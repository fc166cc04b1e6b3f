#include "engine/base/temp_dir.h"

#include "engine/base/syscalls.h"

#include <cerrno>
#include <cstdlib>

namespace portlight {

Result<TempDir> TempDir::create(const std::string& parent, const std::string& prefix)
{
    std::string path = parent + "/" + prefix + "XXXXXX";
    if (::mkdtemp(path.data()) == nullptr)
        return errnoError(errno, "make temporary directory in '" + parent + "'");
    return TempDir(std::move(path));
}

TempDir& TempDir::operator=(TempDir&& other) noexcept
{
    std::swap(m_path, other.m_path);
    return *this;
}

TempDir::~TempDir()
{
    if (!m_path.empty())
        static_cast<void>(removeTree(m_path).has_value());
}

} // namespace portlight
