<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>ArchiveFacts</name>
    <message>
        <source>OCI archive</source>
        <translation>OCI 归档</translation>
    </message>
    <message>
        <source>Docker and OCI archive</source>
        <translation>Docker 与 OCI 归档</translation>
    </message>
    <message>
        <source>Docker archive</source>
        <translation>Docker 归档</translation>
    </message>
    <message>
        <source>%1, compressed (%2)</source>
        <comment>%2: gzip, zstd</comment>
        <translation>%1，已压缩（%2）</translation>
    </message>
    <message>
        <source>other method</source>
        <translation>其他方式</translation>
    </message>
    <message>
        <source>Names</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Platform</source>
        <translation>平台</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>In the archive</source>
        <translation>归档中大小</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Entry point</source>
        <translation>入口点</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Working directory</source>
        <translation>工作目录</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Ports</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Volumes</source>
        <translation>卷</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境变量</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Author</source>
        <translation>作者</translation>
    </message>
    <message>
        <source>Image id</source>
        <translation>镜像 ID</translation>
    </message>
    <message>
        <source>Manifest</source>
        <translation>清单</translation>
    </message>
    <message>
        <source>Made by</source>
        <translation>构建指令</translation>
    </message>
    <message>
        <source>left out: the engine has it</source>
        <translation>未包含：引擎中已有</translation>
    </message>
    <message>
        <source>Here already</source>
        <translation>本机已有</translation>
    </message>
    <message>
        <source>yes, an import does not unpack it again</source>
        <translation>是，导入时不会再次解包</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Digest</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Diff id</source>
        <translation>Diff ID</translation>
    </message>
    <message>
        <source>Member</source>
        <translation>归档成员</translation>
    </message>
</context>
<context>
    <name>Columns</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Name, image and id</source>
        <translation>名称、镜像和 ID</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>What it is doing</source>
        <translation>当前状态</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Processor time; 100 % is one core</source>
        <translation>处理器时间；100 % 为一个核心</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Memory without droppable cache</source>
        <translation>不含可释放缓存的内存</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Received and sent per second</source>
        <translation>每秒接收和发送</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>Read and written per second</source>
        <translation>每秒读取和写入</translation>
    </message>
    <message>
        <source>Processes</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>Processes and threads</source>
        <translation>进程和线程</translation>
    </message>
    <message>
        <source>Ports</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Published and exposed ports</source>
        <translation>已发布和已暴露的端口</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>When it was made</source>
        <translation>创建的时间</translation>
    </message>
    <message>
        <source>All names of the image</source>
        <translation>镜像的全部名称</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>Digest of its configuration</source>
        <translation>其配置的摘要</translation>
    </message>
    <message>
        <source>Used by</source>
        <translation>使用情况</translation>
    </message>
    <message>
        <source>Containers made from it</source>
        <translation>由它创建的容器</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Size of its layers, unpacked</source>
        <translation>各层解包后的大小</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Processor it is made for</source>
        <translation>适用的处理器</translation>
    </message>
    <message>
        <source>When it was built</source>
        <translation>构建的时间</translation>
    </message>
    <message>
        <source>Name of the volume</source>
        <translation>卷的名称</translation>
    </message>
    <message>
        <source>Containers that have it mounted</source>
        <translation>挂载了它的容器</translation>
    </message>
    <message>
        <source>Size of its files, where it was measured</source>
        <translation>其中文件的大小（已测量时）</translation>
    </message>
    <message>
        <source>Driver</source>
        <translation>驱动</translation>
    </message>
    <message>
        <source>What keeps it</source>
        <translation>由什么保存</translation>
    </message>
    <message>
        <source>Directory</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>Where its files are on the host</source>
        <translation>文件在主机上的位置</translation>
    </message>
    <message>
        <source>Name and id</source>
        <translation>名称和 ID</translation>
    </message>
    <message>
        <source>Members</source>
        <translation>成员</translation>
    </message>
    <message>
        <source>Containers that are connected to it</source>
        <translation>连接到它的容器</translation>
    </message>
    <message>
        <source>What makes it</source>
        <translation>由什么建立</translation>
    </message>
    <message>
        <source>Subnet</source>
        <translation>子网</translation>
    </message>
    <message>
        <source>Addresses that it gives</source>
        <translation>它分配的地址</translation>
    </message>
    <message>
        <source>Gateway</source>
        <translation>网关</translation>
    </message>
    <message>
        <source>Address of the way out</source>
        <translation>出口的地址</translation>
    </message>
</context>
<context>
    <name>ContainerDelegate</name>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Restarting</source>
        <translation>正在重启</translation>
    </message>
    <message>
        <source>Killing</source>
        <translation>正在强制终止</translation>
    </message>
    <message>
        <source>Removing</source>
        <translation>正在删除</translation>
    </message>
</context>
<context>
    <name>ContainerFacts</name>
    <message>
        <source>%1 CPU</source>
        <translation>%1 个 CPU</translation>
    </message>
    <message>
        <source>%1 processes</source>
        <translation>%1 个进程</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>%1, exit code %2</source>
        <translation>%1，退出码 %2</translation>
    </message>
    <message>
        <source>out of memory: killed by the kernel</source>
        <translation>内存不足：被内核终止</translation>
    </message>
    <message>
        <source>Container ID</source>
        <translation>容器 ID</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>启动时间</translation>
    </message>
    <message>
        <source>Last end</source>
        <translation>上次结束</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>限制</translation>
    </message>
    <message>
        <source>Restart policy</source>
        <translation>重启策略</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Ports</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Mounts</source>
        <translation>挂载</translation>
    </message>
    <message>
        <source>Host name</source>
        <translation>主机名</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>never</source>
        <comment>restart policy</comment>
        <translation>从不</translation>
    </message>
    <message>
        <source>always</source>
        <comment>restart policy</comment>
        <translation>总是</translation>
    </message>
    <message>
        <source>unless it was stopped</source>
        <comment>restart policy</comment>
        <translation>除非被停止</translation>
    </message>
    <message>
        <source>when it fails</source>
        <comment>restart policy</comment>
        <translation>失败时</translation>
    </message>
</context>
<context>
    <name>EngineText</name>
    <message>
        <source>The engine does not answer</source>
        <translation>引擎没有响应</translation>
    </message>
    <message>
        <source>Engine not contacted</source>
        <translation>尚未联系引擎</translation>
    </message>
    <message>
        <source>Looking for the engine…</source>
        <translation>正在寻找引擎…</translation>
    </message>
    <message>
        <source>Starting the engine…</source>
        <translation>正在启动引擎…</translation>
    </message>
    <message>
        <source>Engine running</source>
        <translation>引擎运行中</translation>
    </message>
    <message>
        <source>Engine away</source>
        <translation>引擎不可用</translation>
    </message>
    <message>
        <source>Containers that were running go on without it, and nothing is lost. The list comes back by itself as soon as it answers.</source>
        <translation>正在运行的容器会继续运行，不会丢失任何内容。引擎一有响应，列表就会自动恢复。</translation>
    </message>
    <message numerus="yes">
        <source>Next attempt in %n second(s).</source>
        <translation>
            <numerusform>%n 秒后再次尝试。</numerusform>
        </translation>
    </message>
    <message>
        <source>Trying again now…</source>
        <translation>正在再次尝试…</translation>
    </message>
    <message>
        <source>Address: %1</source>
        <translation>地址：%1</translation>
    </message>
    <message>
        <source>Found: %1</source>
        <translation>发现：%1</translation>
    </message>
    <message>
        <source>What mends it: %1</source>
        <translation>解决方法：%1</translation>
    </message>
</context>
<context>
    <name>EventText</name>
    <message>
        <source>Ended</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>Finished</source>
        <comment>the container ended without an error</comment>
        <translation>已正常结束</translation>
    </message>
    <message>
        <source>Exited with code %1</source>
        <translation>以代码 %1 退出</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>已启动</translation>
    </message>
    <message>
        <source>Out of memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>Unhealthy</source>
        <translation>不健康</translation>
    </message>
    <message>
        <source>Healthy</source>
        <translation>健康</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Resumed</source>
        <translation>已恢复</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>已创建</translation>
    </message>
    <message>
        <source>Removed</source>
        <translation>已删除</translation>
    </message>
    <message>
        <source>Stopped by request</source>
        <translation>按要求停止</translation>
    </message>
    <message>
        <source>Restarted by request</source>
        <translation>按要求重启</translation>
    </message>
    <message>
        <source>Signal %1 sent</source>
        <translation>已发送信号 %1</translation>
    </message>
    <message>
        <source>Renamed from %1</source>
        <translation>由 %1 改名</translation>
    </message>
    <message>
        <source>Limits changed</source>
        <translation>限制已更改</translation>
    </message>
</context>
<context>
    <name>ExitText</name>
    <message>
        <source>It was killed: by “Kill”, because it did not end in time when it was stopped, or from outside.</source>
        <translation>它被强制终止：可能是使用了“强制终止”，或停止时未能及时退出，或由外部终止。</translation>
    </message>
    <message>
        <source>The computer ran out of memory and the kernel chose it.</source>
        <translation>计算机内存耗尽，内核选择终止了它。</translation>
    </message>
    <message>
        <source>It needed more memory than its limit of %1 and the kernel killed it. Give it a higher limit.</source>
        <translation>它需要的内存超过了 %1 的限制，被内核终止。请提高限制。</translation>
    </message>
    <message>
        <source>It was asked to end (%1) and did.</source>
        <translation>它被要求结束（%1）并已结束。</translation>
    </message>
    <message>
        <source>It was interrupted (%1).</source>
        <translation>它被中断（%1）。</translation>
    </message>
    <message>
        <source>The program crashed (%1).</source>
        <translation>程序崩溃（%1）。</translation>
    </message>
    <message>
        <source>It was ended by %1.</source>
        <translation>它被 %1 结束。</translation>
    </message>
    <message>
        <source>Its command came to its end without an error.</source>
        <translation>命令已正常执行完毕，没有错误。</translation>
    </message>
    <message>
        <source>Its command was found but could not be run: no permission, or not made for this processor.</source>
        <translation>找到了命令但无法运行：没有权限，或不适用于此处理器。</translation>
    </message>
    <message>
        <source>Its command, or one that it runs, was not found.</source>
        <translation>找不到其命令，或其调用的某个命令。</translation>
    </message>
    <message>
        <source>The program itself reported an error; its last lines may say which.</source>
        <translation>程序自身报告了错误；最后几行输出可能说明了原因。</translation>
    </message>
    <message>
        <source>signal %1</source>
        <translation>信号 %1</translation>
    </message>
    <message>
        <source>It could not be started</source>
        <translation>无法启动</translation>
    </message>
    <message>
        <source>Ended %1 with exit code %2</source>
        <comment>%1: such as &quot;3 minutes ago&quot;</comment>
        <translation>已于%1结束，退出码 %2</translation>
    </message>
</context>
<context>
    <name>Format</name>
    <message>
        <source>%1/s</source>
        <comment>amount of data per second</comment>
        <translation>%1/秒</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>刚刚</translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s) ago</source>
        <translation>
            <numerusform>%n 分钟前</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s) ago</source>
        <translation>
            <numerusform>%n 小时前</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s) ago</source>
        <translation>
            <numerusform>%n 天前</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n month(s) ago</source>
        <translation>
            <numerusform>%n 个月前</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n year(s) ago</source>
        <translation>
            <numerusform>%n 年前</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 s</source>
        <comment>seconds</comment>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 分 %2 秒</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小时 %2 分</translation>
    </message>
    <message>
        <source>Created</source>
        <comment>state of a container</comment>
        <translation>已创建</translation>
    </message>
    <message>
        <source>Running</source>
        <comment>state of a container</comment>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Paused</source>
        <comment>state of a container</comment>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Restarting</source>
        <comment>state of a container</comment>
        <translation>正在重启</translation>
    </message>
    <message>
        <source>Removing</source>
        <comment>state of a container</comment>
        <translation>正在删除</translation>
    </message>
    <message>
        <source>Exited</source>
        <comment>state of a container</comment>
        <translation>已退出</translation>
    </message>
    <message>
        <source>Dead</source>
        <comment>state of a container</comment>
        <translation>已失效</translation>
    </message>
    <message>
        <source>Unhealthy</source>
        <comment>state of a container</comment>
        <translation>不健康</translation>
    </message>
</context>
<context>
    <name>PaletteEntries</name>
    <message>
        <source>Delete selected %1</source>
        <comment>palette; %1: containers, images, …</comment>
        <translation>删除所选%1</translation>
    </message>
    <message>
        <source>images</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>volumes</source>
        <translation>卷</translation>
    </message>
    <message>
        <source>networks</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>containers</source>
        <translation>容器</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>容器</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>卷</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Theme: as the system</source>
        <translation>主题：跟随系统</translation>
    </message>
    <message>
        <source>Theme: light</source>
        <translation>主题：浅色</translation>
    </message>
    <message>
        <source>Theme: dark</source>
        <translation>主题：深色</translation>
    </message>
    <message>
        <source>Page, %1</source>
        <translation>页面，%1</translation>
    </message>
</context>
<context>
    <name>PlotView</name>
    <message numerus="yes">
        <source>%n min</source>
        <comment>time axis</comment>
        <translation>
            <numerusform>%n 分</numerusform>
        </translation>
    </message>
    <message>
        <source>now</source>
        <comment>time axis</comment>
        <translation>现在</translation>
    </message>
</context>
<context>
    <name>Problems</name>
    <message>
        <source>%1 keeps restarting</source>
        <translation>%1 反复重启</translation>
    </message>
    <message>
        <source>It ends each time soon after its start. Its log says why.</source>
        <translation>它每次启动后很快就结束，日志会说明原因。</translation>
    </message>
    <message>
        <source>%1 is unhealthy</source>
        <translation>%1 不健康</translation>
    </message>
    <message>
        <source>Its own health check fails. The last probes stand on its page.</source>
        <translation>它自身的健康检查失败，最近的检查结果见其页面。</translation>
    </message>
    <message>
        <source>%1: out of memory</source>
        <translation>%1：内存不足</translation>
    </message>
    <message>
        <source>%1: exited with code %2</source>
        <translation>%1：以代码 %2 退出</translation>
    </message>
</context>
<context>
    <name>portlight::actions::ArchiveTasks</name>
    <message>
        <source>Import %1</source>
        <translation>导入 %1</translation>
    </message>
    <message>
        <source>Sending</source>
        <translation>正在发送</translation>
    </message>
    <message>
        <source>Unpacking</source>
        <translation>正在解包</translation>
    </message>
    <message>
        <source>Imported</source>
        <translation>已导入</translation>
    </message>
    <message>
        <source>Imported %1</source>
        <translation>已导入 %1</translation>
    </message>
    <message>
        <source>Export %1</source>
        <translation>导出 %1</translation>
    </message>
    <message>
        <source>Another export writes this file just now.</source>
        <translation>另一个导出正在写入此文件。</translation>
    </message>
    <message>
        <source>Wrote %1</source>
        <translation>已写入 %1</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>正在读取</translation>
    </message>
    <message>
        <source>Waits for the export before it</source>
        <translation>等待前一个导出完成</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在写入</translation>
    </message>
    <message numerus="yes">
        <source>Wrote %1 without %n layers that the receiver has</source>
        <translation>
            <numerusform>已写入 %1，不含接收方已有的 %n 个层</numerusform>
        </translation>
    </message>
    <message>
        <source>This engine writes archives neither compressed nor without layers: choose no compression and all layers.</source>
        <translation>此引擎既不能压缩归档，也不能省略层：请选择不压缩并包含所有层。</translation>
    </message>
</context>
<context>
    <name>portlight::actions::ContainerActions</name>
    <message numerus="yes">
        <source>%n started</source>
        <comment>containers</comment>
        <translation>
            <numerusform>已启动 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stopped</source>
        <comment>containers</comment>
        <translation>
            <numerusform>已停止 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n restarted</source>
        <comment>containers</comment>
        <translation>
            <numerusform>已重启 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n killed</source>
        <comment>containers</comment>
        <translation>
            <numerusform>已强制终止 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n deleted</source>
        <comment>containers</comment>
        <translation>
            <numerusform>已删除 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Start</source>
        <comment>action on containers</comment>
        <translation>启动</translation>
    </message>
    <message>
        <source>Stop</source>
        <comment>action on containers</comment>
        <translation>停止</translation>
    </message>
    <message>
        <source>Restart</source>
        <comment>action on containers</comment>
        <translation>重启</translation>
    </message>
    <message>
        <source>Kill</source>
        <comment>action on containers</comment>
        <translation>强制终止</translation>
    </message>
    <message>
        <source>Delete</source>
        <comment>action on containers</comment>
        <translation>删除</translation>
    </message>
    <message>
        <source>Something else is being done to it.</source>
        <translation>正在对它执行其他操作。</translation>
    </message>
    <message>
        <source>It could not be deleted completely and cannot be started.</source>
        <translation>它未能完全删除，无法启动。</translation>
    </message>
    <message>
        <source>It is running already.</source>
        <translation>它已在运行。</translation>
    </message>
    <message>
        <source>It is not running.</source>
        <translation>它没有运行。</translation>
    </message>
    <message>
        <source>No container is selected.</source>
        <translation>没有选中容器。</translation>
    </message>
    <message>
        <source>None of the selected containers can take this.</source>
        <translation>所选容器都不能执行此操作。</translation>
    </message>
    <message>
        <source>Delete container “%1”?</source>
        <translation>删除容器“%1”？</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n container(s)?</source>
        <translation>
            <numerusform>删除 %n 个容器？</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them is running and will be killed.</source>
        <translation>
            <numerusform>其中 %n 个正在运行，将被强制终止。</numerusform>
        </translation>
    </message>
    <message>
        <source>What was written inside, the log, and volumes without a name. This cannot be undone.</source>
        <translation>容器内写入的内容、日志以及未命名的卷。此操作无法撤销。</translation>
    </message>
    <message>
        <source>Images, named volumes and files of the host.</source>
        <translation>镜像、命名卷和主机上的文件。</translation>
    </message>
    <message>
        <source>It is running and will be killed.</source>
        <translation>它正在运行，将被强制终止。</translation>
    </message>
</context>
<context>
    <name>portlight::actions::ImageActions</name>
    <message>
        <source>Run…</source>
        <comment>action on an image</comment>
        <translation>运行…</translation>
    </message>
    <message>
        <source>Export…</source>
        <comment>action on images</comment>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Delete</source>
        <comment>action on images</comment>
        <translation>删除</translation>
    </message>
    <message>
        <source>No image is selected.</source>
        <translation>没有选中镜像。</translation>
    </message>
    <message>
        <source>It is being deleted.</source>
        <translation>正在删除。</translation>
    </message>
    <message>
        <source>Select one image to run.</source>
        <translation>请选择一个要运行的镜像。</translation>
    </message>
    <message>
        <source>A container uses it. Delete the container first.</source>
        <translation>有容器在使用它。请先删除该容器。</translation>
    </message>
    <message>
        <source>Delete image “%1”?</source>
        <translation>删除镜像“%1”？</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n image(s)?</source>
        <translation>
            <numerusform>删除 %n 个镜像？</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n deleted</source>
        <comment>images</comment>
        <translation>
            <numerusform>已删除 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>All names of it and the layers that no other image needs, up to %1. Import or pull it to have it again.</source>
        <translation>它的所有名称，以及其他镜像不需要的层，最多 %1。如需再次使用，请重新导入或拉取。</translation>
    </message>
    <message>
        <source>Layers that other images need too, and archives that were exported.</source>
        <translation>其他镜像也需要的层，以及已导出的归档。</translation>
    </message>
    <message numerus="yes">
        <source>%n of the selected image(s) is used by a container and stays.</source>
        <translation>
            <numerusform>所选镜像中有 %n 个正被容器使用，将会保留。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::actions::NetworkActions</name>
    <message>
        <source>It is being deleted.</source>
        <translation>正在删除。</translation>
    </message>
    <message>
        <source>It comes with the engine and stays.</source>
        <translation>它由引擎自带，会保留。</translation>
    </message>
    <message>
        <source>The container “%1” is connected to it. Delete the container first.</source>
        <translation>容器“%1”正连接着它。请先删除该容器。</translation>
    </message>
    <message>
        <source>No network is selected.</source>
        <translation>未选择网络。</translation>
    </message>
    <message>
        <source>None of the selected networks can be deleted.</source>
        <translation>所选网络都无法删除。</translation>
    </message>
    <message>
        <source>Delete network “%1”?</source>
        <translation>要删除网络“%1”吗？</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n network(s)?</source>
        <translation>
            <numerusform>要删除 %n 个网络吗？</numerusform>
        </translation>
    </message>
    <message>
        <source>Its address range and settings. It can be made again at any time.</source>
        <translation>它的地址范围和设置。随时可以重新创建。</translation>
    </message>
    <message>
        <source>Containers, images and volumes.</source>
        <translation>容器、镜像和卷。</translation>
    </message>
    <message numerus="yes">
        <source>%n of the selected network(s) is in use or belongs to the engine and stays.</source>
        <translation>
            <numerusform>所选网络中有 %n 个正在使用或属于引擎，将会保留。</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete</source>
        <comment>networks</comment>
        <translation>删除</translation>
    </message>
    <message numerus="yes">
        <source>%n deleted</source>
        <comment>networks</comment>
        <translation>
            <numerusform>已删除 %n 个</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::actions::PullTasks</name>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Pull %1</source>
        <translation>拉取 %1</translation>
    </message>
    <message>
        <source>Pulled %1</source>
        <translation>已拉取 %1</translation>
    </message>
</context>
<context>
    <name>portlight::actions::ResourceActions</name>
    <message>
        <source>The engine does not answer.</source>
        <translation>引擎没有响应。</translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <comment>objects of an action</comment>
        <translation>
            <numerusform>%n 个失败</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <comment>between parts of a summary</comment>
        <translation>，</translation>
    </message>
</context>
<context>
    <name>portlight::actions::TaskList</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>%1 left</source>
        <comment>time</comment>
        <translation>剩余 %1</translation>
    </message>
</context>
<context>
    <name>portlight::actions::VolumeActions</name>
    <message>
        <source>No volume is selected.</source>
        <translation>未选择卷。</translation>
    </message>
    <message>
        <source>It is being deleted.</source>
        <translation>正在删除。</translation>
    </message>
    <message>
        <source>The container “%1” has it. Delete the container first.</source>
        <translation>容器“%1”正在使用它。请先删除该容器。</translation>
    </message>
    <message>
        <source>Containers have all of them.</source>
        <translation>它们全都正被容器使用。</translation>
    </message>
    <message>
        <source>Delete volume “%1”?</source>
        <translation>要删除卷“%1”吗？</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n volume(s)?</source>
        <translation>
            <numerusform>要删除 %n 个卷吗？</numerusform>
        </translation>
    </message>
    <message>
        <source>All files in it. This cannot be undone.</source>
        <translation>其中的所有文件。此操作无法撤销。</translation>
    </message>
    <message>
        <source>Containers and images. A container that names it gets an empty one.</source>
        <translation>容器和镜像。引用它的容器会得到一个空卷。</translation>
    </message>
    <message numerus="yes">
        <source>%n of the selected volume(s) belongs to a container and stays.</source>
        <translation>
            <numerusform>所选卷中有 %n 个属于容器，将会保留。</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete</source>
        <comment>volumes</comment>
        <translation>删除</translation>
    </message>
    <message numerus="yes">
        <source>%n deleted</source>
        <comment>volumes</comment>
        <translation>
            <numerusform>已删除 %n 个</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::models::ArchiveModel</name>
    <message>
        <source>Here already</source>
        <translation>本机已有</translation>
    </message>
    <message>
        <source>New</source>
        <comment>image</comment>
        <translation>新</translation>
    </message>
    <message>
        <source>Layer %1</source>
        <translation>层 %1</translation>
    </message>
    <message>
        <source>Left out, here already</source>
        <translation>未包含，本机已有</translation>
    </message>
    <message>
        <source>New</source>
        <comment>layer</comment>
        <translation>新</translation>
    </message>
    <message>
        <source>Layer: %1</source>
        <translation>层：%1</translation>
    </message>
    <message>
        <source>Image and layers</source>
        <translation>镜像和层</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Here?</source>
        <translation>本机状态</translation>
    </message>
</context>
<context>
    <name>portlight::models::ContainerModel</name>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Restarting</source>
        <translation>正在重启</translation>
    </message>
    <message>
        <source>Killing</source>
        <translation>正在强制终止</translation>
    </message>
    <message>
        <source>Removing</source>
        <translation>正在删除</translation>
    </message>
    <message>
        <source>%1, image %2</source>
        <comment>name of a container and its image</comment>
        <translation>%1，镜像 %2</translation>
    </message>
    <message>
        <source>%1, the last action failed: %2</source>
        <translation>%1，上次操作失败：%2</translation>
    </message>
</context>
<context>
    <name>portlight::models::FileTreeModel</name>
    <message>
        <source>Added</source>
        <comment>file</comment>
        <translation>新增</translation>
    </message>
    <message>
        <source>Changed</source>
        <comment>file</comment>
        <translation>已更改</translation>
    </message>
    <message>
        <source>Removed</source>
        <comment>file</comment>
        <translation>已删除</translation>
    </message>
    <message>
        <source>Hides what lay there</source>
        <translation>遮盖原有内容</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>权限</translation>
    </message>
    <message>
        <source>Owner</source>
        <translation>所有者</translation>
    </message>
    <message>
        <source>Modified</source>
        <translation>修改时间</translation>
    </message>
</context>
<context>
    <name>portlight::models::ImageModel</name>
    <message>
        <source>without a name</source>
        <translation>无名称</translation>
    </message>
    <message>
        <source>Removing</source>
        <translation>正在删除</translation>
    </message>
    <message numerus="yes">
        <source>%n container(s)</source>
        <translation>
            <numerusform>%n 个容器</numerusform>
        </translation>
    </message>
    <message>
        <source>Unused</source>
        <translation>未使用</translation>
    </message>
</context>
<context>
    <name>portlight::models::NetworkModel</name>
    <message>
        <source>Nobody</source>
        <comment>members of a network</comment>
        <translation>无</translation>
    </message>
    <message>
        <source>%1, internal</source>
        <comment>network driver</comment>
        <translation>%1，内部</translation>
    </message>
</context>
<context>
    <name>portlight::models::RecentArchives</name>
    <message>
        <source>Imported %1</source>
        <comment>%1: 5 minutes ago</comment>
        <translation>%1导入</translation>
    </message>
    <message>
        <source>Exported %1</source>
        <comment>%1: 5 minutes ago</comment>
        <translation>%1导出</translation>
    </message>
    <message>
        <source>Opened %1</source>
        <comment>%1: 5 minutes ago</comment>
        <translation>%1打开</translation>
    </message>
</context>
<context>
    <name>portlight::models::VolumeModel</name>
    <message>
        <source>Unused</source>
        <translation>未使用</translation>
    </message>
</context>
<context>
    <name>portlight::shell::ArchiveFlow</name>
    <message>
        <source>Exported to %1</source>
        <translation>已导出到 %1</translation>
    </message>
    <message>
        <source>Import image archives</source>
        <translation>导入镜像归档</translation>
    </message>
    <message>
        <source>Image archives (*.tar *.tar.gz *.tgz *.tar.zst *.tar.xz)</source>
        <translation>镜像归档 (*.tar *.tar.gz *.tgz *.tar.zst *.tar.xz)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>The import begins when the engine answers.</source>
        <translation>引擎响应后将开始导入。</translation>
    </message>
    <message>
        <source>Imported %1</source>
        <translation>已导入 %1</translation>
    </message>
    <message>
        <source>Run…</source>
        <translation>运行…</translation>
    </message>
    <message>
        <source>Pulled %1</source>
        <translation>已拉取 %1</translation>
    </message>
    <message>
        <source>Open an image archive</source>
        <translation>打开镜像归档</translation>
    </message>
</context>
<context>
    <name>portlight::shell::ContainerFlow</name>
    <message>
        <source>%1 was created but did not start</source>
        <translation>%1 已创建但未能启动</translation>
    </message>
    <message>
        <source>The container was not created</source>
        <translation>容器未创建</translation>
    </message>
    <message>
        <source>Created %1</source>
        <translation>已创建 %1</translation>
    </message>
    <message>
        <source>Show details</source>
        <translation>显示详情</translation>
    </message>
</context>
<context>
    <name>portlight::shell::ContainerPresenter</name>
    <message>
        <source>The details could not be read</source>
        <translation>无法读取详情</translation>
    </message>
    <message>
        <source>The log broke off</source>
        <translation>日志中断</translation>
    </message>
    <message>
        <source>This engine gives no live figures for all containers at once.</source>
        <translation>此引擎不提供所有容器的实时数据。</translation>
    </message>
</context>
<context>
    <name>portlight::shell::EventNotices</name>
    <message>
        <source>%1 is unhealthy</source>
        <translation>%1 不健康</translation>
    </message>
    <message>
        <source>Its own health check fails.</source>
        <translation>它自身的健康检查失败。</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>%1: out of memory</source>
        <translation>%1：内存不足</translation>
    </message>
    <message>
        <source>%1 exited with code %2</source>
        <translation>%1 以代码 %2 退出</translation>
    </message>
    <message>
        <source>The kernel ended it because it needed more memory than it may use.</source>
        <translation>它需要的内存超过了允许的用量，因此被内核结束。</translation>
    </message>
    <message>
        <source>Its last lines may say why.</source>
        <translation>其最后几行日志可能说明原因。</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>Failed: %1</source>
        <translation>失败：%1</translation>
    </message>
    <message>
        <source>Done: %1</source>
        <translation>完成：%1</translation>
    </message>
</context>
<context>
    <name>portlight::shell::LogsPresenter</name>
    <message>
        <source>A log could not be read to its end</source>
        <translation>有一个日志未能读完</translation>
    </message>
</context>
<context>
    <name>portlight::shell::MainActions</name>
    <message>
        <source>&amp;New container…</source>
        <translation>新建容器(&amp;N)…</translation>
    </message>
    <message>
        <source>&amp;Import image…</source>
        <translation>导入镜像(&amp;I)…</translation>
    </message>
    <message>
        <source>&amp;Export image…</source>
        <translation>导出镜像(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>Show &amp;details</source>
        <translation>显示详情(&amp;D)</translation>
    </message>
    <message>
        <source>Show &amp;logs</source>
        <translation>显示日志(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Inspect</source>
        <translation>检查(&amp;I)</translation>
    </message>
    <message>
        <source>Start or stop</source>
        <translation>启动或停止</translation>
    </message>
    <message>
        <source>Delete…</source>
        <comment>containers</comment>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Run…</source>
        <comment>image</comment>
        <translation>运行…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <comment>images</comment>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>后退</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前进</translation>
    </message>
    <message>
        <source>&amp;Refresh</source>
        <translation>刷新(&amp;R)</translation>
    </message>
    <message>
        <source>Search in list</source>
        <translation>在列表中搜索</translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation>查找(&amp;F)</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Normal text size</source>
        <translation>正常文字大小</translation>
    </message>
    <message>
        <source>Switch between light and dark</source>
        <translation>切换浅色和深色</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Start engine</source>
        <translation>启动引擎</translation>
    </message>
    <message>
        <source>Stop engine</source>
        <translation>停止引擎</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>复制详情</translation>
    </message>
    <message>
        <source>Keyboard &amp;shortcuts</source>
        <translation>键盘快捷键(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;About Portlight</source>
        <translation>关于 Portlight(&amp;A)</translation>
    </message>
    <message>
        <source>Clear filter</source>
        <translation>清除筛选</translation>
    </message>
    <message>
        <source>Select a container first</source>
        <translation>请先选择一个容器</translation>
    </message>
    <message>
        <source>Select one container only</source>
        <translation>请只选择一个容器</translation>
    </message>
    <message>
        <source>&amp;New volume…</source>
        <translation>新建卷(&amp;N)…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <comment>volumes</comment>
        <translation>删除…</translation>
    </message>
    <message>
        <source>&amp;New network…</source>
        <translation>新建网络(&amp;N)…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <comment>networks</comment>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Find &amp;anything…</source>
        <translation>查找任何内容(&amp;A)…</translation>
    </message>
    <message>
        <source>&amp;Pull image…</source>
        <translation>拉取镜像(&amp;P)…</translation>
    </message>
    <message>
        <source>This engine cannot pull.</source>
        <translation>此引擎无法拉取镜像。</translation>
    </message>
    <message>
        <source>Open &amp;terminal</source>
        <translation>打开终端(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Open archive…</source>
        <translation>打开归档(&amp;O)…</translation>
    </message>
    <message>
        <source>Export images…</source>
        <translation>导出镜像…</translation>
    </message>
</context>
<context>
    <name>portlight::shell::MainWindow</name>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>%1, API %2</source>
        <translation>%1，API %2</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Runs as</source>
        <translation>运行身份</translation>
    </message>
    <message>
        <source>this user (rootless)</source>
        <translation>当前用户（无 root 权限）</translation>
    </message>
    <message>
        <source>root</source>
        <translation>root</translation>
    </message>
    <message>
        <source>Control groups</source>
        <translation>控制组</translation>
    </message>
    <message>
        <source>version %1, %2</source>
        <translation>版本 %1，%2</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>内核</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>About Portlight</source>
        <translation>关于 Portlight</translation>
    </message>
    <message>
        <source>Portlight %1</source>
        <translation>Portlight %1</translation>
    </message>
    <message>
        <source>A native dashboard for containers with an engine of its own. Free software under the GNU GPL, version 3 or later.</source>
        <translation>自带引擎的原生容器仪表板。自由软件，采用 GNU GPL 第 3 版或更高版本许可。</translation>
    </message>
    <message>
        <source>Close Portlight</source>
        <translation>关闭 Portlight</translation>
    </message>
    <message numerus="yes">
        <source>%n container(s) keep running</source>
        <translation>
            <numerusform>%n 个容器会继续运行</numerusform>
        </translation>
    </message>
    <message>
        <source>Closing the window stops neither containers nor the engine. This is only said once.</source>
        <translation>关闭窗口不会停止容器和引擎。此提示只显示一次。</translation>
    </message>
    <message>
        <source>Close window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Portlight</source>
        <translation>Portlight</translation>
    </message>
    <message>
        <source>The list could not be read</source>
        <translation>无法读取列表</translation>
    </message>
    <message>
        <source>Saved as %1</source>
        <translation>已保存为 %1</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>portlight::shell::MonitorPresenter</name>
    <message>
        <source>The record could not be read</source>
        <translation>无法读取记录</translation>
    </message>
    <message>
        <source>None of the chosen containers runs.</source>
        <translation>所选容器均未运行。</translation>
    </message>
    <message>
        <source>%1 could not be written</source>
        <translation>无法写入 %1</translation>
    </message>
    <message>
        <source>Export figures</source>
        <translation>导出数据</translation>
    </message>
    <message>
        <source>CSV files (*.csv)</source>
        <translation>CSV 文件 (*.csv)</translation>
    </message>
    <message>
        <source>Export picture</source>
        <translation>导出图片</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>图片 (*.png)</translation>
    </message>
</context>
<context>
    <name>portlight::shell::Navigation</name>
    <message>
        <source>Containers</source>
        <translation>容器</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Activity</source>
        <translation>活动</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Switch between light and dark</source>
        <translation>切换浅色和深色</translation>
    </message>
    <message>
        <source>Volumes</source>
        <translation>卷</translation>
    </message>
    <message>
        <source>Networks</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Archives</source>
        <translation>归档</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation>监控</translation>
    </message>
</context>
<context>
    <name>portlight::shell::StatusLine</name>
    <message>
        <source>CPU %1</source>
        <translation>CPU %1</translation>
    </message>
    <message>
        <source>Memory %1 of %2</source>
        <translation>内存 %1 / %2</translation>
    </message>
    <message>
        <source>Engine %1, API %2</source>
        <translation>引擎 %1，API %2</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) running</source>
        <translation>
            <numerusform>%n 个任务进行中</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::shell::StoreFlow</name>
    <message>
        <source>The volume was not created</source>
        <translation>未能创建卷</translation>
    </message>
    <message>
        <source>Created volume %1</source>
        <translation>已创建卷 %1</translation>
    </message>
    <message>
        <source>The network was not created</source>
        <translation>未能创建网络</translation>
    </message>
    <message>
        <source>Created network %1</source>
        <translation>已创建网络 %1</translation>
    </message>
</context>
<context>
    <name>portlight::shell::TerminalPresenter</name>
    <message>
        <source>This engine cannot run programs in containers.</source>
        <translation>此引擎无法在容器中运行程序。</translation>
    </message>
    <message>
        <source>A terminal needs a running container.</source>
        <translation>终端需要容器正在运行。</translation>
    </message>
    <message>
        <source>The terminal could not be opened: %1</source>
        <translation>无法打开终端：%1</translation>
    </message>
    <message>
        <source>The program ended with exit code %1.</source>
        <translation>程序已结束，退出码 %1。</translation>
    </message>
</context>
<context>
    <name>portlight::shell::WindowMenus</name>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Container</source>
        <translation>容器(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Image</source>
        <translation>镜像(&amp;I)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Engine</source>
        <translation>引擎(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Containers</source>
        <translation>容器</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Activity</source>
        <translation>活动</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>V&amp;olume</source>
        <translation>卷(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Network</source>
        <translation>网络(&amp;N)</translation>
    </message>
    <message>
        <source>Volumes</source>
        <translation>卷</translation>
    </message>
    <message>
        <source>Networks</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Archives</source>
        <translation>归档</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation>监控</translation>
    </message>
</context>
<context>
    <name>portlight::views::ActivityPage</name>
    <message>
        <source>Activity</source>
        <translation>活动</translation>
    </message>
    <message>
        <source>Clear finished</source>
        <translation>清除已完成</translation>
    </message>
    <message>
        <source>Nothing under way</source>
        <translation>没有进行中的任务</translation>
    </message>
    <message>
        <source>Imports and exports show up here with their progress and what became of them.</source>
        <translation>导入和导出会在此显示进度和结果。</translation>
    </message>
</context>
<context>
    <name>portlight::views::ArchiveInspector</name>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Choose a layer at the left: its files are read from the archive.</source>
        <translation>请在左侧选择一个层：将从归档中读取其文件。</translation>
    </message>
    <message>
        <source>Reading the layer…</source>
        <translation>正在读取层…</translation>
    </message>
    <message>
        <source>This layer holds no files.</source>
        <translation>此层不含文件。</translation>
    </message>
    <message numerus="yes">
        <source>%n more files are not listed.</source>
        <translation>
            <numerusform>另有 %n 个文件未列出。</numerusform>
        </translation>
    </message>
    <message>
        <source>The layer could not be read: %1</source>
        <translation>无法读取该层：%1</translation>
    </message>
    <message>
        <source>Import all</source>
        <translation>全部导入</translation>
    </message>
    <message numerus="yes">
        <source>Import %n images</source>
        <translation>
            <numerusform>导入 %n 个镜像</numerusform>
        </translation>
    </message>
    <message>
        <source>Tick an image first</source>
        <translation>请先勾选一个镜像</translation>
    </message>
    <message numerus="yes">
        <source>%n layers</source>
        <translation>
            <numerusform>%n 个层</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n images</source>
        <translation>
            <numerusform>%n 个镜像</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, %2 of them here already</source>
        <translation>%1，其中 %2 个本机已有</translation>
    </message>
    <message>
        <source>%1 on the disk</source>
        <translation>磁盘上 %1</translation>
    </message>
    <message>
        <source>the import adds %1</source>
        <translation>导入将新增 %1</translation>
    </message>
    <message>
        <source>the import adds nothing: all layers are here</source>
        <translation>导入不会新增内容：所有层均已存在</translation>
    </message>
    <message>
        <source>All digests match</source>
        <translation>所有摘要均匹配</translation>
    </message>
    <message>
        <source>Images and layers of the archive</source>
        <translation>归档中的镜像和层</translation>
    </message>
    <message>
        <source>Files of the layer</source>
        <translation>层中的文件</translation>
    </message>
    <message>
        <source>Configuration</source>
        <translation>配置</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>摘要信息</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
</context>
<context>
    <name>portlight::views::ArchivesPage</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Take off this list</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>The engine does not answer</source>
        <translation>引擎没有响应</translation>
    </message>
    <message>
        <source>This engine does not look into archives</source>
        <translation>此引擎不能查看归档内容</translation>
    </message>
    <message>
        <source>%1 can be imported as a whole all the same.</source>
        <translation>仍可将 %1 作为整体导入。</translation>
    </message>
    <message>
        <source>%1 is not there any more</source>
        <translation>%1 已不存在</translation>
    </message>
    <message>
        <source>It was moved or deleted, or the engine does not see that folder.</source>
        <translation>它已被移动或删除，或者引擎看不到该文件夹。</translation>
    </message>
    <message>
        <source>No permission to read %1</source>
        <translation>没有读取 %1 的权限</translation>
    </message>
    <message>
        <source>Allow your user to read the file, then try again.</source>
        <translation>请允许您的用户读取该文件，然后重试。</translation>
    </message>
    <message>
        <source>%1 cannot be imported</source>
        <translation>无法导入 %1</translation>
    </message>
    <message>
        <source>It is no image archive, or it is damaged or cut short. If it was downloaded or copied, do that again.</source>
        <translation>它不是镜像归档，或者已损坏或不完整。如果是下载或复制得来的，请重新下载或复制。</translation>
    </message>
    <message>
        <source>%1 could not be read</source>
        <translation>无法读取 %1</translation>
    </message>
    <message>
        <source>The engine did not get to its end.</source>
        <translation>引擎没有读到文件末尾。</translation>
    </message>
    <message>
        <source>Drop an image archive here</source>
        <translation>将镜像归档拖放到此处</translation>
    </message>
    <message>
        <source>Docker archives and OCI layouts, plain or compressed. You see what is inside before anything is imported.</source>
        <translation>支持 Docker 归档和 OCI 布局，压缩或未压缩均可。导入之前您可以先查看其中的内容。</translation>
    </message>
    <message>
        <source>Reading %1 and checking its digests…</source>
        <translation>正在读取 %1 并校验摘要…</translation>
    </message>
    <message>
        <source>Archives</source>
        <translation>归档</translation>
    </message>
    <message>
        <source>Recent archives</source>
        <translation>最近的归档</translation>
    </message>
    <message>
        <source>Imports and exports</source>
        <translation>导入和导出</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Import all of it</source>
        <translation>全部导入</translation>
    </message>
</context>
<context>
    <name>portlight::views::ChartCard</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>%1 over the last ten minutes, now %2</source>
        <translation>最近十分钟的%1，当前 %2</translation>
    </message>
</context>
<context>
    <name>portlight::views::ConfirmDialog</name>
    <message>
        <source>Lost</source>
        <comment>what a deletion takes</comment>
        <translation>将失去</translation>
    </message>
    <message>
        <source>Kept</source>
        <comment>what a deletion leaves</comment>
        <translation>将保留</translation>
    </message>
</context>
<context>
    <name>portlight::views::ContainerCharts</name>
    <message>
        <source>Waiting for the first figures</source>
        <translation>正在等待首批数据</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>接收</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>Read</source>
        <comment>bytes from disk</comment>
        <translation>读取</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>写入</translation>
    </message>
    <message>
        <source>Not connected to a network: nothing can be received or sent.</source>
        <translation>未连接网络：无法收发数据。</translation>
    </message>
    <message>
        <source>This computer does not count what containers read and write.</source>
        <translation>此计算机不统计容器的读写量。</translation>
    </message>
</context>
<context>
    <name>portlight::views::ContainerChooser</name>
    <message>
        <source>Search containers</source>
        <translation>搜索容器</translation>
    </message>
</context>
<context>
    <name>portlight::views::ContainerPage</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Removed</source>
        <comment>container</comment>
        <translation>已删除</translation>
    </message>
    <message>
        <source>This container was removed.</source>
        <translation>此容器已被删除。</translation>
    </message>
    <message>
        <source>Nothing is measured while it does not run.</source>
        <translation>未运行时不测量数据。</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Inspect</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Back to the list</source>
        <translation>返回列表</translation>
    </message>
    <message>
        <source>Copy JSON</source>
        <translation>复制 JSON</translation>
    </message>
    <message>
        <source>What the engine says of the container</source>
        <translation>引擎提供的容器信息</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Terminal</source>
        <comment>tab</comment>
        <translation>终端</translation>
    </message>
</context>
<context>
    <name>portlight::views::ContainersPage</name>
    <message>
        <source>No containers yet</source>
        <translation>还没有容器</translation>
    </message>
    <message>
        <source>Create one from an image, or import an image archive to have an image first. You can also drop an archive on this window.</source>
        <translation>用镜像创建一个容器，或先导入镜像归档。也可以把归档拖到此窗口。</translation>
    </message>
    <message>
        <source>No container is in this state</source>
        <translation>没有处于此状态的容器</translation>
    </message>
    <message>
        <source>No container matches “%1”</source>
        <translation>没有容器匹配“%1”</translation>
    </message>
    <message>
        <source>Search looks at name, image, id and ports.</source>
        <translation>搜索范围包括名称、镜像、ID 和端口。</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1，%2</translation>
    </message>
    <message numerus="yes">
        <source>%n shown</source>
        <comment>containers</comment>
        <translation>
            <numerusform>显示 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <comment>containers</comment>
        <translation>
            <numerusform>%n 个运行中</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <comment>containers</comment>
        <translation>
            <numerusform>已选择 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Containers</source>
        <translation>容器</translation>
    </message>
    <message>
        <source>Search by name, image, id…</source>
        <translation>按名称、镜像、ID 搜索…</translation>
    </message>
    <message>
        <source>All states</source>
        <translation>全部状态</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
</context>
<context>
    <name>portlight::views::EndCard</name>
    <message>
        <source>Show log</source>
        <translation>显示日志</translation>
    </message>
    <message>
        <source>The last lines of the log</source>
        <translation>日志的最后几行</translation>
    </message>
</context>
<context>
    <name>portlight::views::ExportDialog</name>
    <message>
        <source>Export to</source>
        <translation>导出到</translation>
    </message>
    <message>
        <source>Name a file with its whole path</source>
        <translation>请输入文件的完整路径</translation>
    </message>
    <message>
        <source>This is a folder: name a file in it</source>
        <translation>这是一个文件夹：请输入其中的文件名</translation>
    </message>
    <message>
        <source>The folder %1 does not exist</source>
        <translation>文件夹 %1 不存在</translation>
    </message>
    <message>
        <source>No permission to write into %1</source>
        <translation>没有写入 %1 的权限</translation>
    </message>
    <message>
        <source>The file exists and will be replaced when the export is complete</source>
        <translation>文件已存在，导出完成后将被替换</translation>
    </message>
    <message numerus="yes">
        <source>Export %n images</source>
        <translation>
            <numerusform>导出 %n 个镜像</numerusform>
        </translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Docker archive (docker load, podman, skopeo)</source>
        <translation>Docker 归档（docker load、podman、skopeo）</translation>
    </message>
    <message>
        <source>OCI archive (OCI image layout)</source>
        <translation>OCI 归档（OCI 镜像布局）</translation>
    </message>
    <message>
        <source>Export</source>
        <comment>button</comment>
        <translation>导出</translation>
    </message>
    <message>
        <source>Export images</source>
        <translation>导出镜像</translation>
    </message>
    <message>
        <source>Tick an image first</source>
        <translation>请先勾选一个镜像</translation>
    </message>
    <message>
        <source>Images to export</source>
        <translation>要导出的镜像</translation>
    </message>
    <message>
        <source>Compression</source>
        <translation>压缩</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>gzip: every program reads it</source>
        <translation>gzip：所有程序都能读取</translation>
    </message>
    <message>
        <source>zstd: smaller and much faster</source>
        <translation>zstd：更小且快得多</translation>
    </message>
    <message>
        <source>The receiver has</source>
        <translation>接收方已有</translation>
    </message>
    <message>
        <source>Nothing of it: write all layers</source>
        <translation>什么都没有：写入所有层</translation>
    </message>
    <message>
        <source>The layers of that image are left out: smaller, but of use only there.</source>
        <translation>将省略该镜像的层：归档更小，但只能在那里使用。</translation>
    </message>
</context>
<context>
    <name>portlight::views::FactsCard</name>
    <message>
        <source>Copy %1</source>
        <translation>复制%1</translation>
    </message>
</context>
<context>
    <name>portlight::views::HistoryCard</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>%1 as a table</source>
        <translation>%1（表格）</translation>
    </message>
</context>
<context>
    <name>portlight::views::ImageDelegate</name>
    <message>
        <source>No name</source>
        <translation>无名称</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Unused</source>
        <translation>未使用</translation>
    </message>
    <message>
        <source>Removing</source>
        <translation>正在删除</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>正在导出</translation>
    </message>
</context>
<context>
    <name>portlight::views::ImagesPage</name>
    <message>
        <source>No images yet</source>
        <translation>还没有镜像</translation>
    </message>
    <message>
        <source>No image is in this state</source>
        <translation>没有处于此状态的镜像</translation>
    </message>
    <message>
        <source>No image matches “%1”</source>
        <translation>没有镜像匹配“%1”</translation>
    </message>
    <message>
        <source>Search looks at references and ids.</source>
        <translation>搜索范围包括引用和 ID。</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1，%2</translation>
    </message>
    <message numerus="yes">
        <source>%n shown</source>
        <comment>images</comment>
        <translation>
            <numerusform>显示 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <comment>images</comment>
        <translation>
            <numerusform>已选择 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Images</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Search by reference or id…</source>
        <translation>按引用或 ID 搜索…</translation>
    </message>
    <message>
        <source>All images</source>
        <translation>全部镜像</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Unused</source>
        <translation>未使用</translation>
    </message>
    <message>
        <source>Import an archive made by “docker save” or in the OCI layout: choose its file, or drop it on this window. Or pull an image from a registry.</source>
        <translation>导入由“docker save”生成或采用 OCI 布局的归档：选择文件，或将其拖放到此窗口。也可以从仓库拉取镜像。</translation>
    </message>
</context>
<context>
    <name>portlight::views::ListPage</name>
    <message>
        <source>Filter by state</source>
        <translation>按状态筛选</translation>
    </message>
    <message>
        <source>Clear selection</source>
        <translation>清除选择</translation>
    </message>
</context>
<context>
    <name>portlight::views::LogPanel</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>No line matches</source>
        <translation>没有匹配的行</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>hit of hits</comment>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Save log</source>
        <translation>保存日志</translation>
    </message>
    <message>
        <source>The log was not saved to %1</source>
        <translation>日志未能保存到 %1</translation>
    </message>
    <message>
        <source>Find in log</source>
        <translation>在日志中查找</translation>
    </message>
    <message>
        <source>Match case</source>
        <translation>区分大小写</translation>
    </message>
    <message>
        <source>Previous hit</source>
        <translation>上一个</translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>Time stamps</source>
        <translation>时间戳</translation>
    </message>
    <message>
        <source>Wrap long lines</source>
        <translation>长行换行</translation>
    </message>
    <message>
        <source>Copy selection or everything</source>
        <translation>复制所选或全部</translation>
    </message>
    <message>
        <source>Save log…</source>
        <translation>保存日志…</translation>
    </message>
    <message>
        <source>Jump to latest</source>
        <translation>跳到最新</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Not a regular expression</source>
        <translation>不是有效的正则表达式</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>正在搜索…</translation>
    </message>
    <message>
        <source>Regular expression</source>
        <translation>正则表达式</translation>
    </message>
    <message>
        <source>Show only matching lines</source>
        <translation>仅显示匹配的行</translation>
    </message>
    <message>
        <source>Which lines are shown</source>
        <translation>显示哪些行</translation>
    </message>
    <message>
        <source>All lines</source>
        <translation>所有行</translation>
    </message>
    <message>
        <source>Warnings and errors</source>
        <translation>警告和错误</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Standard error</source>
        <translation>标准错误</translation>
    </message>
</context>
<context>
    <name>portlight::views::LogView</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
</context>
<context>
    <name>portlight::views::LogsPage</name>
    <message>
        <source>No container, no log</source>
        <translation>没有容器，就没有日志</translation>
    </message>
    <message>
        <source>What containers write shows up here, of several in one stream.</source>
        <translation>容器的输出会显示在这里，多个容器合并为一个流。</translation>
    </message>
    <message>
        <source>%1 (stopped)</source>
        <translation>%1（已停止）</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Last 15 minutes</source>
        <translation>最近 15 分钟</translation>
    </message>
    <message>
        <source>Last hour</source>
        <translation>最近 1 小时</translation>
    </message>
    <message>
        <source>Last 6 hours</source>
        <translation>最近 6 小时</translation>
    </message>
    <message>
        <source>Last day</source>
        <translation>最近 1 天</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Containers in this log</source>
        <translation>此日志中的容器</translation>
    </message>
    <message>
        <source>No container chosen</source>
        <translation>未选择容器</translation>
    </message>
    <message>
        <source>Tick those at the left whose logs are to be one stream.</source>
        <translation>请在左侧勾选要合并日志的容器。</translation>
    </message>
</context>
<context>
    <name>portlight::views::MessageBar</name>
    <message>
        <source>Dismiss message</source>
        <translation>关闭消息</translation>
    </message>
</context>
<context>
    <name>portlight::views::MonitorPage</name>
    <message>
        <source>This engine keeps no record</source>
        <translation>此引擎不保存记录</translation>
    </message>
    <message>
        <source>Figures of the past come from Portlight&apos;s own engine. The container pages show the live figures of this one.</source>
        <translation>历史数据由 Portlight 自己的引擎提供。容器页面会显示此引擎的实时数据。</translation>
    </message>
    <message>
        <source>Nothing recorded yet</source>
        <translation>尚无记录</translation>
    </message>
    <message>
        <source>The engine records what containers use as soon as one runs, also while this window is closed.</source>
        <translation>只要有容器运行，引擎就会记录其资源使用情况，即使此窗口已关闭。</translation>
    </message>
    <message>
        <source>%1 (removed)</source>
        <translation>%1（已删除）</translation>
    </message>
    <message>
        <source>%1 (stopped)</source>
        <translation>%1（已停止）</translation>
    </message>
    <message>
        <source>Nothing was recorded in this time.</source>
        <translation>此时间段内没有记录。</translation>
    </message>
    <message>
        <source>Not connected to a network: nothing can be received or sent.</source>
        <translation>未连接到网络：无法接收或发送数据。</translation>
    </message>
    <message>
        <source>This computer does not count what containers read and write.</source>
        <translation>此计算机不统计容器的读写量。</translation>
    </message>
    <message>
        <source>This computer&apos;s kernel does not measure pressure (PSI) of control groups. It takes control groups version 2 and a kernel with psi=1.</source>
        <translation>此计算机的内核不测量控制组的压力（PSI）。这需要第 2 版控制组和带 psi=1 的内核。</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>接收</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>Read</source>
        <comment>bytes from disk</comment>
        <translation>读取</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>写入</translation>
    </message>
    <message>
        <source>Processes</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>Pressure</source>
        <translation>压力</translation>
    </message>
    <message>
        <source>Pressure on CPU</source>
        <translation>CPU 压力</translation>
    </message>
    <message>
        <source>Share of the time in which processes had to wait</source>
        <translation>进程不得不等待的时间占比</translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation>监控</translation>
    </message>
    <message>
        <source>Export CSV…</source>
        <translation>导出 CSV…</translation>
    </message>
    <message>
        <source>Export picture…</source>
        <translation>导出图片…</translation>
    </message>
    <message>
        <source>1 min</source>
        <translation>1 分钟</translation>
    </message>
    <message>
        <source>10 min</source>
        <translation>10 分钟</translation>
    </message>
    <message>
        <source>1 h</source>
        <translation>1 小时</translation>
    </message>
    <message>
        <source>6 h</source>
        <translation>6 小时</translation>
    </message>
    <message>
        <source>1 day</source>
        <translation>1 天</translation>
    </message>
    <message>
        <source>7 days</source>
        <translation>7 天</translation>
    </message>
    <message>
        <source>30 days</source>
        <translation>30 天</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>Follow the clock</source>
        <translation>跟随时间</translation>
    </message>
    <message>
        <source>Containers in the charts</source>
        <translation>图表中的容器</translation>
    </message>
    <message>
        <source>No container chosen</source>
        <translation>未选择容器</translation>
    </message>
    <message numerus="yes">
        <source>Tick up to %n container(s) at the left.</source>
        <translation>
            <numerusform>请在左侧勾选最多 %n 个容器。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>portlight::views::NetworksPage</name>
    <message>
        <source>comes with the engine</source>
        <translation>引擎自带</translation>
    </message>
    <message>
        <source>No networks yet</source>
        <translation>还没有网络</translation>
    </message>
    <message>
        <source>Containers on one network reach each other by their names.</source>
        <translation>同一网络上的容器可以通过名称互相访问。</translation>
    </message>
    <message>
        <source>No network is in this state</source>
        <translation>没有处于此状态的网络</translation>
    </message>
    <message>
        <source>No network matches “%1”</source>
        <translation>没有与“%1”匹配的网络</translation>
    </message>
    <message>
        <source>Search looks at names, ids, subnets and containers.</source>
        <translation>搜索范围：名称、ID、子网和容器。</translation>
    </message>
    <message numerus="yes">
        <source>%n shown</source>
        <comment>networks</comment>
        <translation>
            <numerusform>显示 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <comment>networks</comment>
        <translation>
            <numerusform>已选择 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Networks</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Search by name, subnet or container…</source>
        <translation>按名称、子网或容器搜索…</translation>
    </message>
    <message>
        <source>All networks</source>
        <translation>所有网络</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Unused</source>
        <translation>未使用</translation>
    </message>
    <message>
        <source>Built in</source>
        <translation>内置</translation>
    </message>
</context>
<context>
    <name>portlight::views::NewNetworkDialog</name>
    <message>
        <source>Two or more letters, digits, “_”, “.” or “-”, the first a letter or digit</source>
        <translation>两个或更多字母、数字、“_”、“.”或“-”，以字母或数字开头</translation>
    </message>
    <message>
        <source>A network named “%1” exists already</source>
        <translation>已存在名为“%1”的网络</translation>
    </message>
    <message>
        <source>An address and a length, such as 10.20.0.0/24</source>
        <translation>地址和长度，例如 10.20.0.0/24</translation>
    </message>
    <message>
        <source>Needs a subnet</source>
        <translation>需要先填写子网</translation>
    </message>
    <message>
        <source>An address inside the subnet</source>
        <translation>须为子网内的地址</translation>
    </message>
    <message>
        <source>Name the network</source>
        <translation>请为网络命名</translation>
    </message>
    <message>
        <source>A field needs attention</source>
        <translation>有字段需要修改</translation>
    </message>
    <message>
        <source>New network</source>
        <translation>新建网络</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Subnet</source>
        <translation>子网</translation>
    </message>
    <message>
        <source>Chosen by the engine</source>
        <translation>由引擎选择</translation>
    </message>
    <message>
        <source>Gateway</source>
        <translation>网关</translation>
    </message>
    <message>
        <source>First address of the subnet</source>
        <translation>子网的第一个地址</translation>
    </message>
    <message>
        <source>Internal: containers reach each other, but nothing outside</source>
        <translation>内部网络：容器可互相访问，但不能访问外部</translation>
    </message>
    <message>
        <source>Create</source>
        <comment>network</comment>
        <translation>创建</translation>
    </message>
</context>
<context>
    <name>portlight::views::NewVolumeDialog</name>
    <message>
        <source>Two or more letters, digits, “_”, “.” or “-”, the first a letter or digit</source>
        <translation>两个或更多字母、数字、“_”、“.”或“-”，以字母或数字开头</translation>
    </message>
    <message>
        <source>A volume named “%1” exists already</source>
        <translation>已存在名为“%1”的卷</translation>
    </message>
    <message>
        <source>New volume</source>
        <translation>新建卷</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Made up by the engine</source>
        <translation>由引擎生成</translation>
    </message>
    <message>
        <source>Create</source>
        <comment>volume</comment>
        <translation>创建</translation>
    </message>
</context>
<context>
    <name>portlight::views::OverviewPage</name>
    <message numerus="yes">
        <source>%n stopped</source>
        <translation>
            <numerusform>%n 个已停止</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n 个失败</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n 个镜像</numerusform>
        </translation>
    </message>
    <message>
        <source>Containers</source>
        <translation>容器</translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n 个运行中</numerusform>
        </translation>
    </message>
    <message>
        <source>Asking the engine…</source>
        <translation>正在询问引擎…</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message numerus="yes">
        <source>of %n processor(s)</source>
        <translation>
            <numerusform>共 %n 个处理器</numerusform>
        </translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>共 %1</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>Images %1 · Containers %2 · Volumes %3</source>
        <translation>镜像 %1 · 容器 %2 · 卷 %3</translation>
    </message>
    <message>
        <source>%1 of it unused</source>
        <translation>其中 %1 未使用</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation>需要关注</translation>
    </message>
    <message>
        <source>Nothing failed. Containers that end with an error, run out of memory or are unhealthy show up here.</source>
        <translation>没有失败。出错结束、内存不足或不健康的容器会显示在这里。</translation>
    </message>
    <message>
        <source>This computer lacks</source>
        <translation>此计算机缺少</translation>
    </message>
    <message>
        <source>Busiest containers</source>
        <translation>最繁忙的容器</translation>
    </message>
    <message>
        <source>No container runs.</source>
        <translation>没有容器在运行。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Last events</source>
        <translation>最近事件</translation>
    </message>
    <message>
        <source>Nothing happened in the last day.</source>
        <translation>过去一天没有事件。</translation>
    </message>
</context>
<context>
    <name>portlight::views::Palette</name>
    <message>
        <source>Type a command, or the name of anything…</source>
        <translation>输入命令或任何对象的名称…</translation>
    </message>
    <message>
        <source>Find commands and objects</source>
        <translation>查找命令和对象</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>查找结果</translation>
    </message>
</context>
<context>
    <name>portlight::views::ProblemList</name>
    <message numerus="yes">
        <source>Show %n more</source>
        <translation>
            <numerusform>再显示 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
</context>
<context>
    <name>portlight::views::ProcessCard</name>
    <message>
        <source>Processes in %1</source>
        <translation>%1 中的进程</translation>
    </message>
    <message>
        <source>Processes</source>
        <translation>进程</translation>
    </message>
</context>
<context>
    <name>portlight::views::PullDialog</name>
    <message>
        <source>Small letters and digits, such as nginx:1.27 or ghcr.io/owner/name:tag</source>
        <translation>小写字母和数字，例如 nginx:1.27 或 ghcr.io/owner/name:tag</translation>
    </message>
    <message>
        <source>Without a registry it comes from docker.io, without a tag it is latest.</source>
        <translation>未写仓库时来自 docker.io，未写标签时为 latest。</translation>
    </message>
    <message>
        <source>Name an image</source>
        <translation>请填写镜像名称</translation>
    </message>
    <message>
        <source>Pull an image</source>
        <translation>拉取镜像</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Pull</source>
        <comment>button</comment>
        <translation>拉取</translation>
    </message>
</context>
<context>
    <name>portlight::views::RunDialog</name>
    <message>
        <source>Two or more letters, digits, “_”, “.” or “-”, the first a letter or digit</source>
        <translation>两个或更多字母、数字、“_”、“.”或“-”，首字符为字母或数字</translation>
    </message>
    <message>
        <source>A container named “%1” exists already</source>
        <translation>已存在名为“%1”的容器</translation>
    </message>
    <message>
        <source>A quote is not closed</source>
        <translation>引号未闭合</translation>
    </message>
    <message>
        <source>“%1” is not of the form NAME=value</source>
        <translation>“%1”不是 NAME=value 的形式</translation>
    </message>
    <message>
        <source>Starts with “/”</source>
        <translation>以“/”开头</translation>
    </message>
    <message>
        <source>At least 6 MiB</source>
        <translation>至少 6 MiB</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>创建</translation>
    </message>
    <message>
        <source>Choose an image</source>
        <translation>请选择镜像</translation>
    </message>
    <message>
        <source>A field needs attention</source>
        <translation>有字段需要修正</translation>
    </message>
    <message>
        <source>New container</source>
        <translation>新建容器</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Made up by the engine</source>
        <translation>由引擎生成</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>As the image says</source>
        <translation>使用镜像的设置</translation>
    </message>
    <message>
        <source>Working directory</source>
        <translation>工作目录</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境变量</translation>
    </message>
    <message>
        <source>NAME=value, one a line; paste an env file</source>
        <translation>NAME=value，每行一个；可粘贴 env 文件</translation>
    </message>
    <message>
        <source>Memory limit</source>
        <translation>内存限制</translation>
    </message>
    <message>
        <source>CPU limit</source>
        <translation>CPU 限制</translation>
    </message>
    <message>
        <source> cores</source>
        <translation> 个核心</translation>
    </message>
    <message>
        <source>Process limit</source>
        <translation>进程数限制</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>无限制</translation>
    </message>
    <message>
        <source>Terminal</source>
        <translation>终端</translation>
    </message>
    <message>
        <source>Keep input open</source>
        <translation>保持输入打开</translation>
    </message>
    <message>
        <source>Remove when it exits</source>
        <translation>退出时删除</translation>
    </message>
    <message>
        <source>Start it</source>
        <translation>创建后启动</translation>
    </message>
    <message>
        <source>The same as a command</source>
        <translation>等效命令</translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation>复制命令</translation>
    </message>
    <message>
        <source>Choose one or type its name</source>
        <translation>选择一个或输入其名称</translation>
    </message>
    <message>
        <source>“%1” is not of the form %2</source>
        <translation>“%1”不符合格式 %2</translation>
    </message>
    <message>
        <source>Does not go together with “Remove when it exits”</source>
        <translation>不能与“退出时删除”同时使用</translation>
    </message>
    <message>
        <source>Ports</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>8080:80, one a line</source>
        <translation>8080:80，每行一个</translation>
    </message>
    <message>
        <source>Volumes and folders</source>
        <translation>卷和文件夹</translation>
    </message>
    <message>
        <source>data:/var/lib/data, one a line</source>
        <translation>data:/var/lib/data，每行一个</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>重启</translation>
    </message>
    <message>
        <source>Never</source>
        <comment>restart policy</comment>
        <translation>从不</translation>
    </message>
    <message>
        <source>When it fails</source>
        <comment>restart policy</comment>
        <translation>失败时</translation>
    </message>
    <message>
        <source>Unless it was stopped</source>
        <comment>restart policy</comment>
        <translation>除非被停止</translation>
    </message>
    <message>
        <source>Always</source>
        <comment>restart policy</comment>
        <translation>总是</translation>
    </message>
</context>
<context>
    <name>portlight::views::SettingsPage</name>
    <message>
        <source>Fix: %1</source>
        <translation>解决办法：%1</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Use the font of the system</source>
        <translation>使用系统字体</translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation>减少动画</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>What this computer lacks</source>
        <translation>此计算机缺少的功能</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>此计算机</translation>
    </message>
    <message>
        <source>Features</source>
        <translation>功能</translation>
    </message>
    <message>
        <source>all that the engine can use are there</source>
        <translation>引擎可用的功能均已具备</translation>
    </message>
    <message>
        <source>Notify me when a container fails or long work is done</source>
        <translation>容器失败或长时间任务完成时通知我</translation>
    </message>
</context>
<context>
    <name>portlight::views::ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>portlight::views::StoreDelegate</name>
    <message>
        <source>Removing</source>
        <translation>正在删除</translation>
    </message>
</context>
<context>
    <name>portlight::views::TaskCard</name>
    <message>
        <source>Under way</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>记录</translation>
    </message>
</context>
<context>
    <name>portlight::views::TerminalPanel</name>
    <message>
        <source>Best shell there is</source>
        <translation>可用的最佳 Shell</translation>
    </message>
    <message>
        <source>Program to run in the terminal</source>
        <translation>在终端中运行的程序</translation>
    </message>
    <message>
        <source>User of the container</source>
        <translation>容器内的用户</translation>
    </message>
    <message>
        <source>Close terminal</source>
        <translation>关闭终端</translation>
    </message>
    <message>
        <source>Open terminal</source>
        <translation>打开终端</translation>
    </message>
    <message>
        <source>A terminal runs a shell inside this container. It stays open while you look at other pages.</source>
        <translation>终端会在此容器内运行 Shell。查看其他页面时它会保持打开。</translation>
    </message>
</context>
<context>
    <name>portlight::views::TerminalView</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
</context>
<context>
    <name>portlight::views::Toast</name>
    <message>
        <source>Dismiss message</source>
        <translation>关闭消息</translation>
    </message>
</context>
<context>
    <name>portlight::views::TransferDialog</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Continue in background</source>
        <translation>在后台继续</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>镜像</translation>
    </message>
</context>
<context>
    <name>portlight::views::VolumesPage</name>
    <message>
        <source>made for one container</source>
        <translation>为单个容器创建</translation>
    </message>
    <message>
        <source>No volumes yet</source>
        <translation>还没有卷</translation>
    </message>
    <message>
        <source>A volume keeps files when the containers that use it are deleted. Make one here, or name one when you make a container.</source>
        <translation>使用卷的容器被删除后，卷中的文件仍会保留。可在此新建，或在创建容器时命名一个卷。</translation>
    </message>
    <message>
        <source>No volume is in this state</source>
        <translation>没有处于此状态的卷</translation>
    </message>
    <message>
        <source>No volume matches “%1”</source>
        <translation>没有与“%1”匹配的卷</translation>
    </message>
    <message>
        <source>Search looks at names, drivers and containers.</source>
        <translation>搜索范围：名称、驱动和容器。</translation>
    </message>
    <message numerus="yes">
        <source>%n shown</source>
        <comment>volumes</comment>
        <translation>
            <numerusform>显示 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <comment>volumes</comment>
        <translation>
            <numerusform>已选择 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Volumes</source>
        <translation>卷</translation>
    </message>
    <message>
        <source>Search by name or container…</source>
        <translation>按名称或容器搜索…</translation>
    </message>
    <message>
        <source>All volumes</source>
        <translation>所有卷</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Unused</source>
        <translation>未使用</translation>
    </message>
</context>
</TS>
