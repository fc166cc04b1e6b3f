#include "app/models/log_time.h"

#include <algorithm>
#include <chrono>

namespace portlight::models {

namespace {

/// @p count digits at @p at; -1 where they are none.
int digits(QByteArrayView text, qsizetype at, int count)
{
    int value = 0;
    for (qsizetype i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

} // namespace

qint64 takeLogTime(QByteArrayView& line)
{
    using namespace std::chrono;
    const qsizetype space = line.first(std::min<qsizetype>(line.size(), 40)).indexOf(' ');
    if (space < 20 || line[4] != '-' || line[7] != '-' || line[10] != 'T' || line[13] != ':'
        || line[16] != ':' || line[space - 1] != 'Z')
        return 0;
    const year_month_day date { year(digits(line, 0, 4)), month(unsigned(digits(line, 5, 2))),
        day(unsigned(digits(line, 8, 2))) };
    const int hour = digits(line, 11, 2);
    const int minute = digits(line, 14, 2);
    const int second = digits(line, 17, 2);
    if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0
        || second > 60)
        return 0;
    const int millisecond = space > 23 && line[19] == '.' ? digits(line, 20, 3) : 0;
    line = line.sliced(space + 1);
    return milliseconds(sys_days(date).time_since_epoch()).count()
        + ((hour * 60LL + minute) * 60 + second) * 1000 + std::max(0, millisecond);
}

} // namespace portlight::models
