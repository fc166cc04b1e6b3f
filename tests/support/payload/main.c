/*
 * The program inside the tests' images: static, small, one sub-command per behaviour that a test
 * needs to see from outside. Every sub-command fails with status 120 and a line on standard error
 * where the kernel refuses it something.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kRefused = 120, kUsage = 2 };

static int refused(const char* what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return kRefused;
}

static long number(const char* text)
{
    char* end = NULL;
    const long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || value < 0) {
        fprintf(stderr, "'%s' is no number\n", text);
        exit(kUsage);
    }
    return value;
}

/* cat [PATH]: the file, or standard input until its end. */
static int cat(const char* path)
{
    const int from = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    if (from < 0)
        return refused(path);
    char buffer[65536];
    ssize_t count = 0;
    while ((count = read(from, buffer, sizeof buffer)) > 0) {
        for (ssize_t done = 0; done < count;) {
            const ssize_t written = write(STDOUT_FILENO, buffer + done, (size_t)(count - done));
            if (written < 0)
                return refused("write");
            done += written;
        }
    }
    return count < 0 ? refused("read") : 0;
}

/* print TEXT...: a line on standard output. error TEXT...: on standard error. */
static int print(FILE* to, char** words)
{
    for (char** word = words; *word != NULL; ++word)
        fprintf(to, "%s%s", word == words ? "" : " ", *word);
    fputc('\n', to);
    return fflush(to) == 0 ? 0 : refused("write");
}

/* hold: until a signal ends it. As pid 1, signals without a handler are ignored by the kernel. */
static int hold(void)
{
    for (;;)
        pause();
}

static volatile sig_atomic_t termSeen;
static void onTerm(int signal)
{
    termSeen = signal;
}

/* trap STATUS: says "ready", ends with STATUS on SIGTERM. ignore: says "ready", ends on SIGKILL. */
static int trap(int status, int isIgnoring)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = isIgnoring ? SIG_IGN : onTerm;
    sigset_t term;
    sigset_t before;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, &before); /* none is lost between the line and the pause */
    sigaction(SIGTERM, &action, NULL);
    puts("ready");
    fflush(stdout);
    while (!termSeen)
        sigsuspend(&before);
    puts("terminated");
    fflush(stdout);
    return status;
}

/* lines COUNT [PER_SECOND [out|err [STATUS]]]: "line N", N from 1; with err every other on stderr.
 */
static int lines(long count, long perSecond, int isSplit, int status)
{
    for (long line = 1; line <= count; ++line) {
        FILE* to = isSplit && line % 2 == 0 ? stderr : stdout;
        fprintf(to, "line %ld\n", line);
        if (fflush(to) != 0)
            return refused("write");
        if (perSecond > 0) {
            const long pause = 1000000000L / perSecond;
            const struct timespec step = { pause / 1000000000L, pause % 1000000000L };
            nanosleep(&step, NULL);
        }
    }
    return status;
}

/* spin [MILLISECONDS]: keeps one core busy, for ever without a number. */
static int spin(long milliseconds)
{
    struct timespec start;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while (milliseconds < 0
        || (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000
            < milliseconds);
    return 0;
}

/* memory MIB: touches that much, says "holding MIB", and holds it. */
static int memory(long mebibytes)
{
    const size_t size = (size_t)mebibytes << 20U;
    char* bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED)
        return refused("mmap");
    for (size_t at = 0; at < size; at += 4096)
        bytes[at] = 1;
    printf("holding %ld\n", mebibytes);
    fflush(stdout);
    return hold();
}

/* forks COUNT: says how many children could be made, then ends them. */
static int forks(long count)
{
    long made = 0;
    while (made < count) {
        const pid_t child = fork();
        if (child < 0)
            break;
        if (child == 0)
            _exit(hold());
        ++made;
    }
    const int reason = made < count ? errno : 0;
    signal(SIGTERM, SIG_IGN);
    kill(0, SIGTERM); /* the children, which share our process group */
    printf("made %ld%s%s\n", made, reason ? ": " : "", reason ? strerror(reason) : "");
    fflush(stdout);
    return 0;
}

/* orphan: a grandchild that ends after its parent; init has to reap it. Says its pid. */
static int orphan(void)
{
    const pid_t child = fork();
    if (child < 0)
        return refused("fork");
    if (child == 0) {
        const pid_t grandchild = fork();
        if (grandchild == 0)
            _exit(0);
        printf("%d\n", (int)grandchild);
        fflush(stdout);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return hold();
}

/* id: "uid gid: groups". */
static int identity(void)
{
    gid_t groups[NGROUPS_MAX];
    const int count = getgroups(NGROUPS_MAX, groups);
    printf("%u %u:", getuid(), getgid());
    for (int at = 0; at < count; ++at)
        printf(" %u", groups[at]);
    putchar('\n');
    return 0;
}

/* environment: one variable a line; limits: "name soft hard"; names: host and domain name. */
static int environment(char** variables)
{
    for (; *variables != NULL; ++variables)
        puts(*variables);
    return 0;
}

static int limits(void)
{
    static const struct {
        const char* name;
        __rlimit_resource_t what;
    } rows[] = { { "nofile", RLIMIT_NOFILE }, { "nproc", RLIMIT_NPROC }, { "core", RLIMIT_CORE },
        { "stack", RLIMIT_STACK } };
    for (size_t at = 0; at < sizeof rows / sizeof *rows; ++at) {
        struct rlimit limit;
        if (getrlimit(rows[at].what, &limit) != 0)
            return refused(rows[at].name);
        printf(
            "%s %lld %lld\n", rows[at].name, (long long)limit.rlim_cur, (long long)limit.rlim_max);
    }
    return 0;
}

static int hostNames(void)
{
    struct utsname names;
    char directory[PATH_MAX];
    if (uname(&names) != 0 || getcwd(directory, sizeof directory) == NULL)
        return refused("uname");
    printf("%s\n%s\n", names.nodename, directory);
    return 0;
}

/* can WHAT: exit status 0 where the kernel allows it, 1 (and the reason) where it does not. */
static int can(const char* what)
{
    int result = -1;
    if (strcmp(what, "mount") == 0)
        result = mount("tmpfs", "/tmp", "tmpfs", 0, NULL);
    else if (strcmp(what, "userns") == 0)
        result = unshare(CLONE_NEWUSER);
    else if (strcmp(what, "mknod") == 0)
        result = mknod("/tmp/node", S_IFBLK | 0600, 0x801);
    else if (strcmp(what, "hostname") == 0)
        result = sethostname("changed", 7);
    else if (strcmp(what, "chown") == 0)
        result =
            mkdir("/tmp/owned", 0700) == 0 || errno == EEXIST ? chown("/tmp/owned", 33, 33) : -1;
    else
        errno = EINVAL;
    if (result == 0)
        return 0;
    printf("%s: %s\n", what, strerror(errno));
    return 1;
}

static struct sockaddr_in loopback(long port)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/* serve PORT TEXT: an HTTP page on the loopback interface; says "serving". */
static int serve(long port, const char* text)
{
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct sockaddr_in address = loopback(port);
    if (listener < 0 || bind(listener, (const struct sockaddr*)&address, sizeof address) != 0
        || listen(listener, 8) != 0)
        return refused("listen");
    puts("serving");
    fflush(stdout);
    for (;;) {
        const int client = accept(listener, NULL, NULL);
        if (client < 0)
            continue;
        char request[4096];
        if (read(client, request, sizeof request) > 0)
            dprintf(client, "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(text), text);
        close(client);
    }
}

/* fetch PORT PATH: what an HTTP server on loopback answers, with its headers. Waits for the server.
 */
static int fetch(long port, const char* path)
{
    const struct sockaddr_in address = loopback(port);
    int link = -1;
    for (int attempt = 0; attempt < 500; ++attempt) {
        link = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(link, (const struct sockaddr*)&address, sizeof address) == 0)
            break;
        close(link);
        link = -1;
        poll(NULL, 0, 20);
    }
    if (link < 0)
        return refused("connect");
    dprintf(link, "GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n", path);
    char buffer[16384];
    ssize_t count = 0;
    while ((count = read(link, buffer, sizeof buffer)) > 0)
        if (write(STDOUT_FILENO, buffer, (size_t)count) != count)
            return refused("write");
    return count < 0 ? refused("read") : 0;
}

/* swap A B: exchanges the two names for ever, as somebody does who wants to be followed elsewhere.
 */
static int swapNames(const char* first, const char* second)
{
    puts("swapping");
    fflush(stdout);
    for (;;)
        if (syscall(SYS_renameat2, AT_FDCWD, first, AT_FDCWD, second, 2 /* RENAME_EXCHANGE */) != 0)
            return refused("exchange names");
}

/* write PATH TEXT; size PATH MIB: a file of that size that is really on disk. */
static int writeText(const char* path, const char* text)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text))
        return refused(path);
    return close(file) == 0 ? 0 : refused(path);
}

static int writeSize(const char* path, long mebibytes)
{
    static char block[1U << 20U];
    memset(block, 'x', sizeof block);
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0)
        return refused(path);
    for (long at = 0; at < mebibytes; ++at)
        if (write(file, block, sizeof block) != (ssize_t)sizeof block)
            return refused(path);
    return fsync(file) == 0 && close(file) == 0 ? 0 : refused(path);
}

int main(int count, char** words, char** variables)
{
    const char* verb = count > 1 ? words[1] : "hold";
    const char* first = count > 2 ? words[2] : NULL;
    const char* second = count > 3 ? words[3] : NULL;
    const char* third = count > 4 ? words[4] : NULL;
#define IS(name) (strcmp(verb, name) == 0)
    if (IS("hold"))
        return hold();
    if (IS("print"))
        return print(stdout, words + 2);
    if (IS("error"))
        return print(stderr, words + 2);
    if (IS("cat"))
        return cat(first);
    if (IS("exit") && first != NULL)
        return (int)number(first);
    if (IS("trap"))
        return trap(first != NULL ? (int)number(first) : 0, 0);
    if (IS("ignore"))
        return trap(0, 1);
    if (IS("lines") && first != NULL)
        return lines(number(first), second != NULL ? number(second) : 0,
            third != NULL && strcmp(third, "err") == 0, count > 5 ? (int)number(words[5]) : 0);
    if (IS("spin"))
        return spin(first != NULL ? number(first) : -1);
    if (IS("memory") && first != NULL)
        return memory(number(first));
    if (IS("forks") && first != NULL)
        return forks(number(first));
    if (IS("orphan"))
        return orphan();
    if (IS("id"))
        return identity();
    if (IS("env"))
        return environment(variables);
    if (IS("limits"))
        return limits();
    if (IS("names"))
        return hostNames();
    if (IS("can") && first != NULL)
        return can(first);
    if (IS("serve") && second != NULL)
        return serve(number(first), second);
    if (IS("fetch") && second != NULL)
        return fetch(number(first), second);
    if (IS("swap") && second != NULL)
        return swapNames(first, second);
    if (IS("write") && second != NULL)
        return writeText(first, second);
    if (IS("size") && second != NULL)
        return writeSize(first, number(second));
#undef IS
    fprintf(stderr, "payload: unknown sub-command '%s' or a missing argument\n", verb);
    return kUsage;
}
