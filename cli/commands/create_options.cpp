#include "cli/commands/create_options.h"

namespace portlight::cli {

namespace {

void add(std::vector<Option>& all, std::initializer_list<Option> more)
{
    all.insert(all.end(), more);
}

void addProcess(std::vector<Option>& all)
{
    add(all,
        { list('a', "attach", "Attach to STDIN, STDOUT or STDERR"),
            value(0, "detach-keys", "Override the key sequence for detaching a container"),
            value(0, "entrypoint", "Overwrite the default ENTRYPOINT of the image"),
            list('e', "env", "Set environment variables"),
            list(0, "env-file", "Read in a file of environment variables"),
            list(0, "group-add", "Add additional groups to join"),
            flag(0, "init",
                "Run an init inside the container that forwards signals and reaps processes"),
            flag('i', "interactive", "Keep STDIN open even if not attached"),
            value(0, "stop-signal", "Signal to stop the container"),
            value(0, "stop-timeout", "Timeout (in seconds) to stop a container", "int"),
            flag('t', "tty", "Allocate a pseudo-TTY"),
            value('u', "user", "Username or UID (format: <name|uid>[:<group|gid>])"),
            value('w', "workdir", "Working directory inside the container") });
}

void addIdentity(std::vector<Option>& all)
{
    add(all,
        { value(0, "cidfile", "Write the container ID to the file"),
            list(0, "annotation", "Add an annotation to the container", "map"),
            value(0, "domainname", "Container NIS domain name"),
            value('h', "hostname", "Container host name"),
            list('l', "label", "Set meta data on a container"),
            list(0, "label-file", "Read in a line delimited file of labels"),
            value(0, "name", "Assign a name to the container"),
            value(0, "platform", "Set platform if server is multi-platform capable"),
            value(0, "pull", "Pull image before running (\"always\", \"missing\", \"never\")"),
            flag('q', "quiet", "Suppress the pull output"),
            flag(0, "disable-content-trust", "Skip image verification"),
            value(0, "restart", "Restart policy to apply when a container exits"),
            flag(0, "rm",
                "Automatically remove the container and its anonymous volumes when it exits"),
            value(0, "log-driver", "Logging driver for the container"),
            list(0, "log-opt", "Log driver options"),
            value(0, "runtime", "Runtime to use for this container") });
}

void addHealth(std::vector<Option>& all)
{
    add(all,
        { value(0, "health-cmd", "Command to run to check health"),
            value(0, "health-interval", "Time between running the check (ms|s|m|h)", "duration"),
            value(0, "health-retries", "Consecutive failures needed to report unhealthy", "int"),
            value(0, "health-start-interval", "Time between checks during the start period",
                "duration"),
            value(0, "health-start-period", "Start period before failures count", "duration"),
            value(0, "health-timeout", "Maximum time to allow one check to run", "duration"),
            flag(0, "no-healthcheck", "Disable any container-specified HEALTHCHECK") });
}

void addFiles(std::vector<Option>& all)
{
    add(all,
        { list(0, "mount", "Attach a filesystem mount to the container", "mount"),
            flag(0, "read-only", "Mount the container's root filesystem as read only"),
            list(0, "storage-opt", "Storage driver options for the container"),
            value(0, "shm-size", "Size of /dev/shm", "bytes"),
            list(0, "tmpfs", "Mount a tmpfs directory"), list('v', "volume", "Bind mount a volume"),
            value(0, "volume-driver", "Optional volume driver for the container"),
            list(0, "volumes-from", "Mount volumes from the specified container(s)") });
}

void addNetwork(std::vector<Option>& all)
{
    add(all,
        { list(0, "add-host", "Add a custom host-to-IP mapping (host:ip)"),
            list(0, "dns", "Set custom DNS servers"), list(0, "dns-option", "Set DNS options"),
            list(0, "dns-search", "Set custom DNS search domains"),
            list(0, "expose", "Expose a port or a range of ports"),
            value(0, "ip", "IPv4 address (e.g., 172.30.100.104)"),
            value(0, "ip6", "IPv6 address (e.g., 2001:db8::33)"),
            list(0, "link", "Add link to another container"),
            list(0, "link-local-ip", "Container IPv4/IPv6 link-local addresses"),
            value(0, "mac-address", "Container MAC address (e.g., 92:d0:c6:0a:29:33)"),
            list(0, "network", "Connect a container to a network", "network"),
            list(0, "net", "The same as --network", "network"),
            list(0, "network-alias", "Add network-scoped alias for the container"),
            list('p', "publish", "Publish a container's port(s) to the host"),
            flag('P', "publish-all", "Publish all exposed ports to random ports") });
}

void addIsolation(std::vector<Option>& all)
{
    add(all,
        { list(0, "cap-add", "Add Linux capabilities"),
            list(0, "cap-drop", "Drop Linux capabilities"),
            value(0, "cgroup-parent", "Optional parent cgroup for the container"),
            value(0, "cgroupns", "Cgroup namespace to use (host|private)"),
            list(0, "device", "Add a host device to the container"),
            list(0, "device-cgroup-rule", "Add a rule to the cgroup allowed devices list"),
            value(0, "gpus", "GPU devices to add to the container ('all' to pass all GPUs)",
                "gpu-request"),
            value(0, "ipc", "IPC mode to use"), value(0, "pid", "PID namespace to use"),
            flag(0, "privileged", "Give extended privileges to this container"),
            list(0, "security-opt", "Security Options"), list(0, "sysctl", "Sysctl options", "map"),
            list(0, "ulimit", "Ulimit options", "ulimit"),
            value(0, "userns", "User namespace to use"), value(0, "uts", "UTS namespace to use") });
}

} // namespace

std::vector<Option> resourceOptions()
{
    return { value(0, "blkio-weight", "Block IO (relative weight), between 10 and 1000", "uint16"),
        value(0, "cpu-period", "Limit CPU CFS (Completely Fair Scheduler) period", "int"),
        value(0, "cpu-quota", "Limit CPU CFS (Completely Fair Scheduler) quota", "int"),
        value(0, "cpu-rt-period", "Limit CPU real-time period in microseconds", "int"),
        value(0, "cpu-rt-runtime", "Limit CPU real-time runtime in microseconds", "int"),
        value('c', "cpu-shares", "CPU shares (relative weight)", "int"),
        value(0, "cpus", "Number of CPUs", "decimal"),
        value(0, "cpuset-cpus", "CPUs in which to allow execution (0-3, 0,1)"),
        value(0, "cpuset-mems", "MEMs in which to allow execution (0-3, 0,1)"),
        value('m', "memory", "Memory limit", "bytes"),
        value(0, "memory-reservation", "Memory soft limit", "bytes"),
        value(0, "memory-swap", "Swap limit equal to memory plus swap: -1 for unlimited", "bytes"),
        value(0, "pids-limit", "Tune container pids limit (set -1 for unlimited)", "int") };
}

std::vector<Option> createOptions()
{
    std::vector<Option> all = resourceOptions();
    add(all,
        { list(0, "blkio-weight-device", "Block IO weight (relative device weight)"),
            list(0, "device-read-bps", "Limit read rate (bytes per second) from a device"),
            list(0, "device-read-iops", "Limit read rate (IO per second) from a device"),
            list(0, "device-write-bps", "Limit write rate (bytes per second) to a device"),
            list(0, "device-write-iops", "Limit write rate (IO per second) to a device"),
            value(0, "memory-swappiness", "Tune container memory swappiness (0 to 100)", "int"),
            flag(0, "oom-kill-disable", "Disable OOM Killer"),
            value(0, "oom-score-adj", "Tune host's OOM preferences (-1000 to 1000)", "int") });
    addProcess(all);
    addIdentity(all);
    addHealth(all);
    addFiles(all);
    addNetwork(all);
    addIsolation(all);
    return all;
}

} // namespace portlight::cli
