#pragma once

#include <map>
#include <string>

namespace portlight::test {

/// One entry of a tar, written byte by byte: for what no tar program writes. POSIX.1-1988 ustar.
struct RawEntry {
    std::string name {}; ///< cut at 100 bytes; a longer one goes into a pax header
    char type = '0'; ///< '0' file, '1' hard link, '2' symlink, '3' and '4' device, '5' directory
    std::string link {};
    std::string content {};
    unsigned mode = 0644;
    unsigned deviceMajor = 0;
    unsigned deviceMinor = 0;
    std::string sizeField {}; ///< 12 bytes in place of the content's size
    std::map<std::string, std::string> pax {}; ///< records of a pax header before the entry
};

/// The entry's records, without an end of archive.
std::string rawTar(const RawEntry& entry);
/// Two empty records.
std::string rawTarEnd();

} // namespace portlight::test
