#include "app/models/fuzzy_match.h"

#include <QStringList>

#include <algorithm>

namespace portlight::models {

namespace {

constexpr int kStart = 1000;
constexpr int kWordStart = 600;
constexpr int kInside = 300;
constexpr int kScattered = 50;
constexpr int kMostLetters = 100; // longer texts are not much worse than this

bool startsWord(const QString& text, qsizetype at)
{
    return at == 0 || !text.at(at - 1).isLetterOrNumber();
}

bool hasInOrder(const QString& word, const QString& text)
{
    qsizetype at = 0;
    for (const QChar c : word) {
        at = text.indexOf(c, at, Qt::CaseInsensitive);
        if (at < 0)
            return false;
        ++at;
    }
    return true;
}

int wordScore(const QString& word, const QString& text)
{
    int best = 0;
    for (qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0;
        at = text.indexOf(word, at + 1, Qt::CaseInsensitive)) {
        if (at == 0)
            return kStart;
        best = std::max(best, startsWord(text, at) ? kWordStart : kInside);
    }
    // Two letters are in nearly everything in some order.
    if (best == 0 && word.size() > 2 && hasInOrder(word, text))
        best = kScattered;
    return best;
}

} // namespace

int matchScore(const QString& needle, const QString& text)
{
    int score = 1;
    const QStringList words = needle.split(u' ', Qt::SkipEmptyParts);
    for (const QString& word : words) {
        const int found = wordScore(word, text);
        if (found == 0)
            return 0;
        score += found;
    }
    // Of two that match alike the shorter one was meant.
    return words.isEmpty() ? 1 : score + kMostLetters - std::min(kMostLetters, int(text.size()));
}

} // namespace portlight::models
