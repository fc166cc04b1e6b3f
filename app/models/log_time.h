#pragma once

#include <QByteArrayView>

namespace portlight::models {

/// Takes "2026-01-01T00:00:00.000000000Z " off the front of @p line: milliseconds since the epoch;
/// 0 and nothing taken where there is no such time. By hand: a log has millions of them.
qint64 takeLogTime(QByteArrayView& line);

} // namespace portlight::models
