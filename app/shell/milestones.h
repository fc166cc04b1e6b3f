#pragma once

#include <QObject>

namespace portlight::shell {

class MainWindow;

/// Prints when the window got how far, a line each on standard output, for measurements:
///
///     milestone first-frame 93 ms
///     milestone engine-answered 121 ms
///     milestone containers-listed 140 ms, 100 containers
///
/// Times count from the start of the process (proc(5), stat: starttime, in steps of 10 ms).
class Milestones : public QObject {
    Q_OBJECT
public:
    /// @p window must outlive this object. Made before the window is shown.
    explicit Milestones(MainWindow& window, QObject* parent = nullptr);

private:
    void print(const char* name, const QString& more = {});

    bool m_hasAnswered = false;
    bool m_hasListed = false;
};

} // namespace portlight::shell
