<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>EngineText</name>
    <message numerus="yes">
        <source>Next attempt in %n second(s).</source>
        <translation>
            <numerusform>Next attempt in %n second.</numerusform>
            <numerusform>Next attempt in %n seconds.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Format</name>
    <message numerus="yes">
        <source>%n minute(s) ago</source>
        <translation>
            <numerusform>%n minute ago</numerusform>
            <numerusform>%n minutes ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s) ago</source>
        <translation>
            <numerusform>%n hour ago</numerusform>
            <numerusform>%n hours ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s) ago</source>
        <translation>
            <numerusform>%n day ago</numerusform>
            <numerusform>%n days ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n month(s) ago</source>
        <translation>
            <numerusform>%n month ago</numerusform>
            <numerusform>%n months ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n year(s) ago</source>
        <translation>
            <numerusform>%n year ago</numerusform>
            <numerusform>%n years ago</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PlotView</name>
    <message numerus="yes">
        <source>%n min</source>
        <comment>time axis</comment>
        <translation>
            <numerusform>%n min</numerusform>
            <numerusform>%n min</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::actions::ArchiveTasks</name>
    <message numerus="yes">
        <source>Wrote %1 without %n layers that the receiver has</source>
        <translation>
            <numerusform>Wrote %1 without %n layer that the receiver has</numerusform>
            <numerusform>Wrote %1 without %n layers that the receiver has</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::actions::ContainerActions</name>
    <message numerus="yes">
        <source>%n started</source>
        <comment>containers</comment>
        <translation>
            <numerusform>%n started</numerusform>
            <numerusform>%n started</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stopped</source>
        <comment>containers</comment>
        <translation>
            <numerusform>%n stopped</numerusform>
            <numerusform>%n stopped</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n restarted</source>
        <comment>containers</comment>
        <translation>
            <numerusform>%n restarted</numerusform>
            <numerusform>%n restarted</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n killed</source>
        <comment>containers</comment>
        <translation>
            <numerusform>%n killed</numerusform>
            <numerusform>%n killed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n deleted</source>
        <comment>containers</comment>
        <translation>
            <numerusform>%n deleted</numerusform>
            <numerusform>%n deleted</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %n container(s)?</source>
        <translation>
            <numerusform>Delete %n container?</numerusform>
            <numerusform>Delete %n containers?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them is running and will be killed.</source>
        <translation>
            <numerusform>%n of them is running and will be killed.</numerusform>
            <numerusform>%n of them are running and will be killed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::actions::ImageActions</name>
    <message numerus="yes">
        <source>Delete %n image(s)?</source>
        <translation>
            <numerusform>Delete %n image?</numerusform>
            <numerusform>Delete %n images?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n deleted</source>
        <comment>images</comment>
        <translation>
            <numerusform>%n deleted</numerusform>
            <numerusform>%n deleted</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of the selected image(s) is used by a container and stays.</source>
        <translation>
            <numerusform>%n of the selected images is used by a container and stays.</numerusform>
            <numerusform>%n of the selected images are used by containers and stay.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::actions::NetworkActions</name>
    <message numerus="yes">
        <source>Delete %n network(s)?</source>
        <translation>
            <numerusform>Delete %n network?</numerusform>
            <numerusform>Delete %n networks?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of the selected network(s) is in use or belongs to the engine and stays.</source>
        <translation>
            <numerusform>%n of the selected networks is in use or belongs to the engine and stays.</numerusform>
            <numerusform>%n of the selected networks are in use or belong to the engine and stay.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n deleted</source>
        <comment>networks</comment>
        <translation>
            <numerusform>%n deleted</numerusform>
            <numerusform>%n deleted</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::actions::ResourceActions</name>
    <message numerus="yes">
        <source>%n failed</source>
        <comment>objects of an action</comment>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::actions::VolumeActions</name>
    <message numerus="yes">
        <source>Delete %n volume(s)?</source>
        <translation>
            <numerusform>Delete %n volume?</numerusform>
            <numerusform>Delete %n volumes?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of the selected volume(s) belongs to a container and stays.</source>
        <translation>
            <numerusform>%n of the selected volumes belongs to a container and stays.</numerusform>
            <numerusform>%n of the selected volumes belong to containers and stay.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n deleted</source>
        <comment>volumes</comment>
        <translation>
            <numerusform>%n deleted</numerusform>
            <numerusform>%n deleted</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::models::ImageModel</name>
    <message numerus="yes">
        <source>%n container(s)</source>
        <translation>
            <numerusform>%n container</numerusform>
            <numerusform>%n containers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::shell::MainWindow</name>
    <message numerus="yes">
        <source>%n container(s) keep running</source>
        <translation>
            <numerusform>%n container keeps running</numerusform>
            <numerusform>%n containers keep running</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::shell::StatusLine</name>
    <message numerus="yes">
        <source>%n task(s) running</source>
        <translation>
            <numerusform>%n task running</numerusform>
            <numerusform>%n tasks running</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::views::ArchiveInspector</name>
    <message numerus="yes">
        <source>%n more files are not listed.</source>
        <translation>
            <numerusform>%n more file is not listed.</numerusform>
            <numerusform>%n more files are not listed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Import %n images</source>
        <translation>
            <numerusform>Import %n image</numerusform>
            <numerusform>Import %n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n layers</source>
        <translation>
            <numerusform>%n layer</numerusform>
            <numerusform>%n layers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n images</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::views::ContainersPage</name>
    <message numerus="yes">
        <source>%n shown</source>
        <comment>containers</comment>
        <translation>
            <numerusform>%n shown</numerusform>
            <numerusform>%n shown</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <comment>containers</comment>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <comment>containers</comment>
        <translation>
            <numerusform>%n selected</numerusform>
            <numerusform>%n selected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::views::ExportDialog</name>
    <message numerus="yes">
        <source>Export %n images</source>
        <translation>
            <numerusform>Export %n image</numerusform>
            <numerusform>Export %n images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::views::ImagesPage</name>
    <message numerus="yes">
        <source>%n shown</source>
        <comment>images</comment>
        <translation>
            <numerusform>%n shown</numerusform>
            <numerusform>%n shown</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <comment>images</comment>
        <translation>
            <numerusform>%n selected</numerusform>
            <numerusform>%n selected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::views::MonitorPage</name>
    <message numerus="yes">
        <source>Tick up to %n container(s) at the left.</source>
        <translation>
            <numerusform>Tick up to %n container at the left.</numerusform>
            <numerusform>Tick up to %n containers at the left.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::views::NetworksPage</name>
    <message numerus="yes">
        <source>%n shown</source>
        <comment>networks</comment>
        <translation>
            <numerusform>%n shown</numerusform>
            <numerusform>%n shown</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <comment>networks</comment>
        <translation>
            <numerusform>%n selected</numerusform>
            <numerusform>%n selected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::views::OverviewPage</name>
    <message numerus="yes">
        <source>%n stopped</source>
        <translation>
            <numerusform>%n stopped</numerusform>
            <numerusform>%n stopped</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>of %n processor(s)</source>
        <translation>
            <numerusform>of %n processor</numerusform>
            <numerusform>of %n processors</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::views::ProblemList</name>
    <message numerus="yes">
        <source>Show %n more</source>
        <translation>
            <numerusform>Show %n more</numerusform>
            <numerusform>Show %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::views::VolumesPage</name>
    <message numerus="yes">
        <source>%n shown</source>
        <comment>volumes</comment>
        <translation>
            <numerusform>%n shown</numerusform>
            <numerusform>%n shown</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <comment>volumes</comment>
        <translation>
            <numerusform>%n selected</numerusform>
            <numerusform>%n selected</numerusform>
        </translation>
    </message>
</context>
</TS>
