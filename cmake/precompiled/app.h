// What nearly every file of the window parses, once (see engine.h).
#include <QApplication>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QList>
#include <QPainter>
#include <QString>
#include <QTimer>
#include <QWidget>

#include <memory>
#include <optional>
