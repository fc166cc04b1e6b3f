#include "app/theme/icons.h"

#include "app/theme/theme.h"

#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace portlight::theme {

namespace {

QPixmap renderPixmap(const QString& name, const QSize& pixels, const QColor& color)
{
    const QString key = QStringLiteral("portlight/%1/%2x%3/%4")
                            .arg(name)
                            .arg(pixels.width())
                            .arg(pixels.height())
                            .arg(color.rgba(), 0, 16);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    pixmap = QPixmap(pixels);
    pixmap.fill(Qt::transparent);
    QSvgRenderer renderer(QStringLiteral(":/icons/%1.svg").arg(name));
    QPainter painter(&pixmap);
    renderer.render(&painter, QRectF(QPointF(), QSizeF(pixels)));
    // The files are drawn in black; their alpha is the shape, the colour comes from the token.
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(pixmap.rect(), color);
    painter.end();
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

class TokenIconEngine : public QIconEngine {
public:
    TokenIconEngine(QString name, IconColor color)
        : m_name(std::move(name))
        , m_color(color)
    {
    }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        paintIcon(*painter, QRectF(rect), m_name, colorFor(mode));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override
    {
        return renderPixmap(m_name, size, colorFor(mode));
    }

    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal scale) override
    {
        QPixmap result = renderPixmap(m_name, size, colorFor(mode));
        result.setDevicePixelRatio(scale);
        return result;
    }

    QIconEngine* clone() const override { return new TokenIconEngine(m_name, m_color); }
    QString key() const override { return QStringLiteral("portlight-token"); }
    QString iconName() override { return m_name; }
    bool isNull() override { return m_name.isEmpty(); }

private:
    QColor colorFor(QIcon::Mode mode) const
    {
        return mode == QIcon::Disabled ? theme().control : iconColor(m_color);
    }

    QString m_name;
    IconColor m_color;
};

} // namespace

QColor iconColor(IconColor color)
{
    const Tokens& t = theme();
    switch (color) {
    case IconColor::Text:
        return t.text;
    case IconColor::Text2:
        return t.text2;
    case IconColor::Text3:
        return t.text3;
    case IconColor::Accent:
        return t.accent;
    case IconColor::OnAccent:
        return t.onAccent;
    case IconColor::Bad:
        return t.status(Tone::Bad).foreground;
    case IconColor::Warn:
        return t.status(Tone::Warn).foreground;
    case IconColor::Ok:
        return t.status(Tone::Ok).foreground;
    }
    return t.text2;
}

QIcon icon(const QString& name, IconColor color)
{
    return QIcon(new TokenIconEngine(name, color));
}

void paintIcon(QPainter& painter, const QRectF& rect, const QString& name, const QColor& color)
{
    const qreal ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1.0;
    const QSize pixels = (rect.size() * ratio).toSize();
    painter.drawPixmap(rect, renderPixmap(name, pixels, color), QRectF(QPointF(), QSizeF(pixels)));
}

QPixmap iconPixmap(const QString& name, int size, const QColor& color, qreal devicePixelRatio)
{
    const int pixels = qRound(size * devicePixelRatio);
    QPixmap pixmap = renderPixmap(name, QSize(pixels, pixels), color);
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

} // namespace portlight::theme
