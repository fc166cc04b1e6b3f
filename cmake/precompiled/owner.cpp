// The precompiled headers of this directory are built with this file.
