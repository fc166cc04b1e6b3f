#pragma once

#include <QFrame>
#include <QList>
#include <QPointer>

#include <functional>

class QLineEdit;
class QListView;

namespace portlight::views {

class PaletteModel;

/// Something that the palette can find and do.
struct PaletteEntry {
    QString text; ///< "web-1", "Switch between light and dark"
    QString hint; ///< what it is or its shortcut, at the right: "Container", "Ctrl+N"
    QString iconName;
    bool isEnabled = true;
    std::function<void()> run;
};

/// One field over the window that finds every object, action and page by a few letters. Up, Down
/// and Return choose; Esc, a click elsewhere or a loss of the focus close it.
class Palette : public QFrame {
    Q_OBJECT

public:
    /// @p window is what it lies over.
    explicit Palette(QWidget& window);

    /// Opens it over @p entries; those that match alike keep their order.
    void open(QList<PaletteEntry> entries);

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void retranslate();
    void place();
    void step(int rows);
    void runCurrent();
    void search(const QString& needle);

    QWidget& m_window;
    QLineEdit* m_field;
    QListView* m_list;
    PaletteModel* m_model;
    QPointer<QWidget> m_focusBefore;
};

} // namespace portlight::views
