#pragma once

#include "app/client/types/host_report.h"
#include "app/theme/theme.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QVBoxLayout;

namespace portlight::views {

class FactsCard;
class TextLabel;

/// What the page shows; changes come back by signals and apply at once.
struct AppearanceValues {
    theme::Mode mode = theme::Mode::System;
    QString language; ///< empty: as the system
    int textScalePercent = 100;
    bool usesSystemFont = false;
    bool reducesMotion = false;
    bool notifies = true;
};

/// Appearance, the engine in use, and what this computer cannot do for it.
class SettingsPage : public QWidget {
    Q_OBJECT

public:
    explicit SettingsPage(QWidget* parent = nullptr);

    void setAppearance(const AppearanceValues& values);
    /// Label and value pairs.
    void setEngineFacts(const QList<QPair<QString, QString>>& facts);
    void setHostReport(const client::HostReport& report);

signals:
    void modeChosen(portlight::theme::Mode mode);
    void languageChosen(const QString& language);
    void textScaleChosen(int percent);
    void systemFontChosen(bool uses);
    void reducedMotionChosen(bool reduces);
    void notificationsChosen(bool notifies);

protected:
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeAppearance();
    void retranslate();
    void showHostReport();

    TextLabel* m_title;
    TextLabel* m_appearanceTitle;
    TextLabel* m_modeLabel;
    QComboBox* m_mode;
    TextLabel* m_languageLabel;
    QComboBox* m_language;
    TextLabel* m_scaleLabel;
    QComboBox* m_scale;
    QCheckBox* m_systemFont;
    QCheckBox* m_reduceMotion;
    QCheckBox* m_notify;
    FactsCard* m_engine;
    FactsCard* m_host;
    client::HostReport m_report;
};

} // namespace portlight::views
