#pragma once

#include <QString>

namespace portlight::models {

/// How well @p needle, as somebody types it in a hurry, names @p text: each of its words must be
/// found, case ignored, best at the start, then at the start of a word, then anywhere in one piece,
/// then as letters in this order. 0 for no match; an empty needle matches everything alike (1).
int matchScore(const QString& needle, const QString& text);

} // namespace portlight::models
