#include "engine/runtime/mount_options.h"

#include <sys/mount.h>

#include <algorithm>
#include <span>
#include <string_view>

// Since Linux 5.10; the constant came to glibc later than the call.
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif

namespace portlight::runtime {

namespace {

struct Word {
    std::string_view name;
    std::uint64_t set;
    std::uint64_t clear;
};

// The three ways to keep access times are one field: choosing one clears the field.
constexpr Word kWords[] {
    { "ro", MOUNT_ATTR_RDONLY, 0 },
    { "rw", 0, MOUNT_ATTR_RDONLY },
    { "nosuid", MOUNT_ATTR_NOSUID, 0 },
    { "suid", 0, MOUNT_ATTR_NOSUID },
    { "nodev", MOUNT_ATTR_NODEV, 0 },
    { "dev", 0, MOUNT_ATTR_NODEV },
    { "noexec", MOUNT_ATTR_NOEXEC, 0 },
    { "exec", 0, MOUNT_ATTR_NOEXEC },
    { "noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME },
    { "atime", 0, MOUNT_ATTR__ATIME },
    { "strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME },
    { "nostrictatime", 0, MOUNT_ATTR__ATIME },
    { "relatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME },
    { "norelatime", 0, MOUNT_ATTR__ATIME },
    { "nodiratime", MOUNT_ATTR_NODIRATIME, 0 },
    { "diratime", 0, MOUNT_ATTR_NODIRATIME },
    { "nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0 },
    { "symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW },
};

// Words that ask for what is the case anyway, or that only mount(8) understands.
constexpr std::string_view kIgnored[] { "defaults", "async", "loud", "silent", "nomand",
    "noiversion", "iversion", "nolazytime" };

// Flags of the file system itself, which a bind mount does not change (as with mount(8)).
constexpr std::string_view kSuperFlags[] { "sync", "dirsync", "lazytime", "mand" };

constexpr std::string_view kPropagations[] { "private", "rprivate", "slave", "rslave", "shared",
    "rshared", "unbindable", "runbindable" };

template <std::size_t Size> bool holds(const std::string_view (&list)[Size], std::string_view word)
{
    return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

const Word* findWord(std::string_view name)
{
    const auto* const found = std::find_if(std::begin(kWords), std::end(kWords),
        [name](const Word& word) { return word.name == name; });
    return found == std::end(kWords) ? nullptr : found;
}

void apply(const Word& word, MountChange& change)
{
    change.set &= ~word.clear;
    change.clear &= ~word.set;
    change.clear |= word.clear;
    change.set |= word.set;
}

FsOption dataOption(const std::string& option)
{
    const std::size_t equals = option.find('=');
    if (equals == std::string::npos)
        return { option, {} };
    return { option.substr(0, equals), option.substr(equals + 1) };
}

} // namespace

std::uint64_t propagationFlag(const std::string& word, bool& isRecursive)
{
    isRecursive = word.starts_with('r');
    const std::string_view name = std::string_view(word).substr(isRecursive ? 1 : 0);
    if (name == "private")
        return MS_PRIVATE;
    if (name == "slave")
        return MS_SLAVE;
    if (name == "shared")
        return MS_SHARED;
    return name == "unbindable" ? MS_UNBINDABLE : 0;
}

std::vector<std::string> knownMountOptions()
{
    std::vector<std::string> words { "bind", "rbind", "tmpcopyup", "remount", "idmap", "ridmap",
        "copy-symlink", "src-nofollow", "dest-nofollow" };
    for (const Word& word : kWords) {
        words.emplace_back(word.name);
        words.push_back("r" + std::string(word.name));
    }
    using List = std::span<const std::string_view>;
    for (const List list : { List(kIgnored), List(kSuperFlags), List(kPropagations) })
        words.insert(words.end(), list.begin(), list.end());
    std::sort(words.begin(), words.end());
    return words;
}

Result<MountOptions> parseMountOptions(const std::vector<std::string>& options)
{
    MountOptions parsed;
    parsed.recursive.isRecursive = true;
    for (const std::string& option : options) {
        bool isRecursive = false;
        if (option == "bind" || option == "rbind") {
            parsed.isBind = true;
            parsed.isRecursiveBind = parsed.isRecursiveBind || option == "rbind";
        } else if (const std::uint64_t flag = propagationFlag(option, isRecursive); flag != 0) {
            parsed.propagation.propagation = flag;
            parsed.propagation.isRecursive = isRecursive;
        } else if (option.starts_with(kSubpathOption)) {
            parsed.subpath = option.substr(std::string_view(kSubpathOption).size());
        } else if (option == "tmpcopyup") {
            parsed.hasTmpCopyUp = true;
        } else if (option == "copy-symlink") {
            parsed.copiesSymlink = true;
        } else if (option == "src-nofollow") {
            parsed.followsSource = false;
        } else if (option == "dest-nofollow") {
            parsed.followsTarget = false;
        } else if (option == "remount") {
            parsed.isRemount = true;
        } else if (option == "idmap" || option == "ridmap") {
            parsed.isIdmapped = true;
            parsed.isIdmappedTree = option == "ridmap";
        } else if (const Word* word = findWord(option)) {
            apply(*word, parsed.attributes);
        } else if (const Word* inTree =
                       option.starts_with('r') ? findWord(option.substr(1)) : nullptr) {
            apply(*inTree, parsed.recursive);
        } else if (!holds(kIgnored, option) && !option.starts_with("x-")) {
            parsed.data.push_back(dataOption(option));
        }
    }
    if (parsed.isBind) {
        for (const auto& [name, value] : parsed.data) {
            if (!holds(kSuperFlags, name))
                return makeError(
                    Errc::InvalidArgument, "'" + name + "' is no option of a bind mount");
        }
    }
    return parsed;
}

} // namespace portlight::runtime
