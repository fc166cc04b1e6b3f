#pragma once

#include "app/client/types/engine_address.h"

#include <QString>
#include <QStringList>

#include <variant>

namespace portlight::shell {

/// `portlight [--host unix:///PATH] [--page NAME] [--milestones] [ARCHIVE…]`.
struct Options {
    client::EngineAddress address;
    /// False for an engine that was named by --host: it is only connected to.
    bool mayStartEngine = true;
    QString page; ///< empty: as last time
    bool printsMilestones = false;
    QStringList archives; ///< absolute paths to import
};

/// Names that --page takes.
QStringList pageNames();

/// @p arguments without the program's name; relative archives are taken from @p directory. A text
/// says what is wrong.
std::variant<Options, QString> parseOptions(const QStringList& arguments, const QString& directory);

QString usage();

} // namespace portlight::shell
